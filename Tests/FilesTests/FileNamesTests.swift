import Files
import SystemPackage
import TestSupport
import Testing

@Suite struct FileNamesTests {
  @Test(arguments: [
    ("A.png", "a.PNG"), ("straße.png", "STRASSE.png"), ("\u{e9}.png", "e\u{301}.png"),
    ("a", "a."), ("a ", "A"), ("Ä.png", "ä.png"),
  ])
  func `names that are one somewhere fold to one`(a: String, b: String) throws {
    #expect(try FileNames.folded(component(a)) == FileNames.folded(component(b)))
  }

  @Test(arguments: [("a.png", "b.png"), ("a.png", "a..png"), ("a-1", "a_1"), (".a", "a")])
  func `other names fold to several`(a: String, b: String) throws {
    #expect(try FileNames.folded(component(a)) != FileNames.folded(component(b)))
  }

  @Test func `names that are refused somewhere are odd`() throws {
    for name in ["a:b", "a?", "\"a\"", "a|b", "a\\b", "a\nb", "a.", "a ", "CON", "nul.png"]
      + [String(repeating: "a", count: 141)]
    {
      #expect(FileNames.isOdd(try component(name)), "\(name)")
    }
    for name in ["a.png", "a b.png", "ä.png", "console.png", ".a", "(1)_#.png"] {
      #expect(!FileNames.isOdd(try component(name)), "\(name)")
    }
  }

  @Test func `a trial says what the folder does, and leaves nothing`() throws {
    let folder = try TemporaryFolder()
    let long = try component(String(repeating: "x", count: 256))
    let (a, b) = (try component("a"), try component("b"))
    func answers() -> [Bool]? {
      guard let trial = NameTrial(in: folder / "none/yet") else { return nil }
      return [trial.areOne(a, a), trial.areOne(a, b), trial.isRefused(long), trial.isRefused(a)]
    }
    #expect(answers() == [true, false, true, false])
    #expect(try Folders.names(in: folder.path) == [])
  }

  @Test func `a place is the same by whatever way`() throws {
    let folder = try TemporaryFolder()
    try Folders.make(folder / "run")
    #expect(Place(folder / "run/../run").isSame(as: Place(folder / "run")))
    #expect(Place(folder / "none/x").isSame(as: Place(folder / "none/./x")))
    #expect(!Place(folder / "none").isSame(as: Place(folder / "other")))
    #expect(!Place(folder / "run").isInside(Place(folder / "run")))
    #expect(Place(folder / "run/none").isInside(Place(folder / "run")))
  }

  private func component(_ name: String) throws -> FilePath.Component {
    try #require(FilePath.Component(name))
  }
}
