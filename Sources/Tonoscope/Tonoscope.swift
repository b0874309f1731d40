// The rooms, under one name: `import Tonoscope` is all that a program needs.

@_exported import TonoAscent
@_exported import TonoAudio
@_exported import TonoCheck
@_exported import TonoCore
@_exported import TonoFiles
@_exported import TonoLearn
@_exported import TonoListen
@_exported import TonoModels
@_exported import TonoNetwork
@_exported import TonoRender
@_exported import TonoSearch
@_exported import TonoStudy
