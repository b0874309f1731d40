/// A name of a layer or an input as that of a file or folder: what would leave the folder or hide it is written as `%` and hexadecimals.
package func fileName(_ name: String) -> String {
  let escaped = name.replacing("%", with: "%25").replacing("/", with: "%2F")
  return escaped.hasPrefix(".") ? "%2E" + escaped.dropFirst() : escaped
}
