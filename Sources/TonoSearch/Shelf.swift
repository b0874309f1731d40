import Synchronization
import TonoAudio

/// What several threads have heard of a library so far, on the way to its index.
final class Shelf: Sendable {
  private typealias Book = (sound: LibraryIndex.Sound, codes: [Float])

  private struct State {
    /// By the SHA-256 of its content.
    var books: [String: Book] = [:]
    /// By its path.
    var files: [String: (stamp: String, sha256: String)] = [:]
    var next = 0
    var saved = ContinuousClock.now
  }

  private let origin: LibraryIndex.Origin
  private let known: LibraryIndex?
  private let places: [String: Int]
  private let state: Mutex<State>

  /// A shelf that looks things up in an earlier index.
  init(_ origin: LibraryIndex.Origin, known: LibraryIndex?) {
    self.origin = origin
    self.known = known
    places = Dictionary(
      (known?.files ?? []).enumerated().map { ($1.path, $0) },
      uniquingKeysWith: { first, _ in first })
    var books: [String: Book] = [:]
    for (index, sound) in (known?.sounds ?? []).enumerated() where !sound.sha256.isEmpty {
      books[sound.sha256] = (sound, known.map { Array($0.codes(ofSound: index)) } ?? [])
    }
    state = Mutex(State(books: books))
  }

  /// Puts a file there without reading it, if the earlier index knows it by its stamp.
  func takes(_ path: String, in library: SoundFolder) -> Bool {
    guard let known, let place = places[path],
      let stamp = FileStamp.of(library.fullPath(of: path)), stamp == known.files[place].stamp
    else { return false }
    return puts(path, stamp: stamp, sha256: known.sounds[known.files[place].sound].sha256)
  }

  /// Puts a file there if its content is known.
  func puts(_ path: String, stamp: String, sha256: String) -> Bool {
    state.withLock { state in
      guard state.books[sha256] != nil else { return false }
      state.files[path] = (stamp, sha256)
      return true
    }
  }

  /// Puts a file and what was heard in it there.
  func put(_ path: String, stamp: String, _ sound: LibraryIndex.Sound, codes: [Float]) {
    state.withLock { state in
      // What cannot even be read has no content: it is known by its path.
      let key = sound.sha256.isEmpty ? path : sound.sha256
      state.books[key] = (sound, codes)
      state.files[path] = (stamp, key)
    }
  }

  /// The next file that nobody has taken.
  func next(of waiting: [SoundFolder.File]) -> SoundFolder.File? {
    state.withLock { state in
      guard state.next < waiting.count else { return nil }
      defer { state.next += 1 }
      return waiting[state.next]
    }
  }

  /// Why a file that was put there cannot be used, if it cannot.
  func problem(of path: String) -> String? {
    state.withLock { state in
      state.files[path].flatMap { state.books[$0.sha256]?.sound.problem }
    }
  }

  /// The index so far, if it was not asked for in so many seconds.
  func due(after seconds: Double) -> LibraryIndex? {
    let isDue = state.withLock { state in
      let now = ContinuousClock.now
      guard now - state.saved > .seconds(seconds) else { return false }
      state.saved = now
      return true
    }
    return isDue ? index(isWhole: false) : nil
  }

  /// The index of what is there: files by their paths, contents in the order of their first file.
  ///
  /// As long as it is not whole, contents that no file has yet are kept behind them.
  func index(isWhole: Bool) -> LibraryIndex {
    let (books, entries) = state.withLock { ($0.books, $0.files) }
    var sounds: [LibraryIndex.Sound] = []
    var files: [LibraryIndex.File] = []
    var codes = CodeTable(length: origin.length)
    var numbers: [String: Int] = [:]
    func number(of key: String) -> Int? {
      if let number = numbers[key] { return number }
      guard let book = books[key] else { return nil }
      numbers[key] = sounds.count
      sounds.append(book.sound)
      codes.append(book.codes)
      return sounds.count - 1
    }
    for (path, entry) in entries.sorted(by: { $0.key < $1.key }) {
      guard let number = number(of: entry.sha256) else { continue }
      files.append(LibraryIndex.File(path: path, stamp: entry.stamp, sound: number))
    }
    if !isWhole { for key in books.keys.sorted() { _ = number(of: key) } }
    return LibraryIndex(origin: origin, sounds: sounds, files: files, codes: codes)
  }
}
