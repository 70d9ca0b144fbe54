import Files
import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite struct AtomicFileTests {
  @Test func `the names of partial files tell their process`() {
    let name = PartialName(of: "000017.png")
    #expect(PartialName.owner(ofFileNamed: name.text) == getpid())
    #expect(PartialName.owner(ofFileNamed: "000017.png") == nil)
    #expect(!PartialName.isAbandoned(name.text))
    let process = ".\(getpid())-"
    let dead = name.text.replacing(process, with: ".2147483000-")
    #expect(PartialName.isAbandoned(dead))
    // Of a process on another host nothing is known.
    #expect(!PartialName.isAbandoned(".a.png.2147483000-1-another.stipple-partial"))
  }

  @Test func `a folder that is not there is named with its cause`() {
    #expect {
      try AtomicFile.write([1], to: "/nonexistent/a.bin")
    } throws: { error in
      "\(error)" == "/nonexistent/a.bin: could not be written: No such file or directory"
    }
  }

  @Test func `published bytes replace the old ones and leave nothing beside them`() throws {
    let folder = try TemporaryFolder()
    try AtomicFile.write([1, 2], to: folder / "a.bin")
    try AtomicFile.write([3], to: folder / "a.bin")
    #expect(FileManager.default.contents(atPath: (folder / "a.bin").string) == Data([3]))
    #expect(try folder.names() == ["a.bin"])
  }

  @Test func `what is not published is removed`() throws {
    let folder = try TemporaryFolder()
    do {
      let unfinished = AtomicFile(replacing: folder / "a.bin")
      try FileDescriptor.open(
        unfinished.temporary, .writeOnly, options: .create, permissions: .ownerReadWrite
      ).close()
      #expect(try folder.names().count == 1)
    }
    #expect(try folder.names() == [])
  }
}
