import Foundation
import SwiftProtobuf
import TonoCore
import TonoFiles
import TonoNetwork

/// A model in the Open Neural Network Exchange format.
///
/// Source: the ONNX specification, IR and operators, https://onnx.ai/onnx/.
struct ONNXFile {
  /// The file.
  let url: URL

  /// The extents of inputs that a person gives, for axes that the file leaves open.
  var shapes: [String: [Int]] = [:]

  /// The oldest set of operators that is read: before it, broadcasting was another.
  private static let oldestOperators = 7

  /// The most nodes: those of the largest networks have some thousands.
  private static let mostNodes = 100_000

  /// Reads the model.
  ///
  /// - Throws: `ModelError`.
  func load() throws -> Model {
    let data: Data
    do {
      data = try Data(contentsOf: url, options: .mappedIfSafe)
    } catch {
      throw ModelError(url, "the file cannot be read; check its permissions")
    }
    let proto = try parse(data)
    guard proto.hasGraph else {
      throw ModelError(
        url, "this looks like an ONNX file, but it holds no graph; export the model again")
    }
    guard proto.graph.node.count <= Self.mostNodes else {
      throw ModelError(
        url, "the graph has \(proto.graph.node.count) nodes; at most \(Self.mostNodes) are read")
    }
    let version = try operators(of: proto)
    let tensors = ONNXTensorReader(url: url)
    var builder = ONNXNetwork(
      graph: proto.graph, operators: version, tensors: tensors, shapes: shapes,
      fileSize: data.count)
    let network = try builder.build()
    return Model(
      network: network, format: "ONNX, operator set \(version)", weightsURL: url,
      architectureURL: nil, warnings: builder.warnings)
  }

  private func parse(_ data: Data) throws -> Onnx_ModelProto {
    guard ONNXFootprint.isModerate(data) else {
      throw ModelError(
        url,
        "the file holds far more nodes, attributes and names than a network of its size; export the"
          + " model again")
    }
    do {
      var options = BinaryDecodingOptions()
      options.discardUnknownFields = true
      return try Onnx_ModelProto(serializedBytes: data, options: options)
    } catch BinaryDecodingError.messageDepthLimit {
      throw ModelError(
        url, "the file nests graphs or types more than 100 deep; expected a network's few")
    } catch {
      throw ModelError(
        url,
        "this looks like an ONNX file, but it is truncated or damaged; copy or export it again")
    }
  }

  /// The version of ONNX' own operators.
  private func operators(of proto: Onnx_ModelProto) throws -> Int {
    let own = proto.opsetImport.filter { ONNXCall.ownDomains.contains($0.domain) }
    guard let version = own.map(\.version).max() else {
      throw ModelError(
        url, "the file does not say which version of ONNX' operators it uses; export it again")
    }
    guard version >= Self.oldestOperators, version < 1_000 else {
      throw ModelError(
        url,
        "the file uses version \(version) of ONNX' operators; expected \(Self.oldestOperators) or"
          + " later: convert it with onnx.version_converter.convert_version(model, 13)")
    }
    return Int(version)
  }
}
