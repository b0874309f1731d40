/// The toolkit's own version, as `tonoscope --version` prints it and each run keeps it.
public let tonoscopeVersion = "0.1.0"
