import Testing
import TonoCore

@testable import TonoLearn

struct TextTableTests {
  @Test func readsQuotedCellsOfAnyKind() throws {
    let folder = try DataSetFolder()
    try folder.file(
      "table.csv",
      "\u{FEFF}name,label\r\n\"a, b.wav\",\"say \"\"hm\"\"\"\r\n \"two\nlines\" ,last\r\n\r\nplain name.wav,\r\n"
    )
    let table = try TextTable(folder["table.csv"], requiring: ["name", "label"])
    #expect(table.rows.map { $0["name"] } == ["a, b.wav", "two\nlines", "plain name.wav"])
    #expect(table.rows.map { $0["label"] } == ["say \"hm\"", "last", ""])
    #expect(table.rows[0]["nothing"] == "")
    #expect(table.problems.isEmpty)
  }

  @Test func findsTheHeaderBelowATitle() throws {
    let folder = try DataSetFolder()
    try folder.file("table.csv", "A title,,\n,,\nname,label,\nx.wav,one,\n")
    let table = try TextTable(folder["table.csv"], requiring: ["label"])
    #expect(table.rows.map { $0["name"] } == ["x.wav"])
  }

  @Test func readsTabulatorsAndAnEmptyLastCell() throws {
    let folder = try DataSetFolder()
    try folder.file("table.txt", "\tname\tlabel\n0\ta, b.wav\t")
    let table = try TextTable(
      folder["table.txt"], requiring: ["name"], delimitedBy: .tab)
    #expect(table.rows.map { $0["name"] } == ["a, b.wav"])
    #expect(table.rows.map { $0["label"] } == [""])
  }

  @Test func readsLettersOfWindows() throws {
    let folder = try DataSetFolder()
    try folder.file("table.csv", bytes: Array("name\n".utf8) + [0x47, 0xFC, 0x69, 0x72, 0x6F])
    #expect(
      try TextTable(folder["table.csv"], requiring: ["name"]).rows.map { $0["name"] } == ["Güiro"])
  }

  @Test func namesRowsOfAnotherLength() throws {
    let folder = try DataSetFolder()
    try folder.file("table.csv", "a,b\n1,2\n3\n4,5,6\n7,8,\n")
    let table = try TextTable(folder["table.csv"], requiring: ["a"])
    #expect(table.rows.map { $0["a"] } == ["1", "7"])
    #expect(
      table.problems == [
        "table.csv, row 3: 1 cells where the header has 2; the row is skipped",
        "table.csv, row 4: 3 cells where the header has 2; the row is skipped",
      ])
  }

  @Test(arguments: [
    ("a,b\n1,\"2\n3,4\n", "ends within a quoted cell; it is cut short"),
    ("b,c\n1,2\n", "has no header with the columns a; its first row is: b, c"),
    ("a,b\n1,\"2\"x\n", "row 2: cannot be read as a table"),
    ("", "has no header with the columns a; its first row is: nothing"),
  ])
  func refusesWhatIsNoTable(text: String, problem: String) throws {
    let folder = try DataSetFolder()
    try folder.file("table.csv", text)
    let error = #expect(throws: InputError.self) {
      try TextTable(folder["table.csv"], requiring: ["a"])
    }
    #expect(error?.description.contains(problem) == true, "\(error?.description ?? "")")
  }
}
