import TonoCore

/// Why a model cannot be read, in one sentence: the file, the place, got and expected, a remedy.
public typealias ModelError = InputError
