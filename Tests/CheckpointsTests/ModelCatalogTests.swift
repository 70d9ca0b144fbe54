import Checkpoints
import Files
import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite struct ModelCatalogTests {
  private let folder: TemporaryFolder
  private let catalog: ModelCatalog

  init() throws {
    folder = try TemporaryFolder()
    catalog = ModelCatalog(folders: [folder / "first", folder / "missing", folder / "second"])
    for name in ["first/b.h5", "first/c10.h5", "second/b.h5", "second/c9.h5", "second/a.txt"] {
      try Folders.make((folder / name).removingLastComponent())
      try AtomicFile.write([0], to: folder / name)
    }
    for name in ["second/d.h5", "run/checkpoints", "empty"] { try Folders.make(folder / name) }
    try AtomicFile.write([0], to: folder / "first/.hidden.h5")
  }

  private func path(_ text: String) throws -> String {
    try catalog.path(of: FilePath(text)).string.replacing("\(folder.path)/", with: "")
  }

  @Test func `the first folder that has a name counts`() {
    #expect(catalog.entries.map(\.name) == ["b", "c9", "c10"])
    #expect(catalog.entries.first?.path == folder / "first/b.h5")
    #expect(catalog.file(named: "b") == folder / "first/b.h5")
    #expect(catalog.file(named: "c9") == folder / "second/c9.h5")
    for name in ["a", "d", ".hidden.h5", "", "..", "../first/b", "first/b", "B"] {
      #expect(catalog.file(named: name) == nil, "\(name)")
    }
  }

  @Test func `paths are paths, and words are names`() throws {
    #expect(try path("b") == "first/b.h5")
    for text in ["./b.h5", "./b", "x/y", "/b", ".", "nowhere.h5", "nowhere.HDF5", "/nowhere"] {
      #expect(try path(text) == text)
    }
    for name in ["run", "empty", "first/b.h5"] {
      #expect(try path((folder / name).string) == name)
    }
  }

  @Test func `an unknown name leads to the nearest`() {
    let text = refusal(in: folder.path) { _ = try path("c90") }
    #expect(
      text == "c90: could not be found: there is no file, run folder or model of this name; "
        + "did you mean c9? models: b, c9, c10")
    let far = refusal(in: folder.path) { _ = try path("denoise-rgb") }
    #expect(far.hasSuffix("of this name; models: b, c9, c10"), "\(far)")
    #expect(
      refusal(in: folder.path) { _ = try path("b.h5") }
        == "b.h5: could not be opened: no such file; to use the installed model, give its name, b")
    let none = refusal(in: folder.path) {
      _ = try ModelCatalog(folders: [folder / "x", folder / "y"]).path(of: "b")
    }
    #expect(none.hasSuffix("of this name, and no model in x or y"), "\(none)")
  }

  @Test func `models are looked for where the variable says, then beside the program`() {
    let catalog = ModelCatalog(data: "/a:b", program: "/opt/stipple/bin/stipple")
    #expect(
      catalog.folders == [
        "/a", "b", "/opt/stipple/bin", "/opt/stipple/share/stipple",
        "/opt/stipple/bin/stipple_Restoration.resources",
      ])
    #expect(ModelCatalog(data: "", program: nil).folders == [])
    #expect(ModelCatalog(data: nil, program: "/stipple").folders.first == "/")
  }

  @Test func `the repository's models lie beside what is built`() throws {
    let bundle = try #require(ModelCatalog.standard.folders.last)
    #expect(try Folders.names(in: bundle).contains("denoise-rgb.h5"), "\(bundle)")
  }

  @Test func `checkpoints, run folders and what is named like them are models`() throws {
    for name in ["run", "first/b.h5", "nowhere.hdf5"] {
      #expect(catalog.isModel(folder / name), "\(name)")
    }
    #expect(catalog.isModel("c9") && !catalog.isModel("c"))
    for name in ["empty", "second/a.txt", "first", "nowhere"] {
      #expect(!catalog.isModel(folder / name), "\(name)")
    }
  }
}
