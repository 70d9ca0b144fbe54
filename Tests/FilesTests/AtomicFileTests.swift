import Files
import Foundation
import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct AtomicFileTests {
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

  @Test func `what is there stays where it is not to be replaced`() throws {
    let folder = try TemporaryFolder()
    try AtomicFile.write([1], to: folder / "a.bin", replacing: false)
    #expect {
      try AtomicFile.write([2], to: folder / "a.bin", replacing: false)
    } throws: { error in
      (error as? FileError)?.isCollision == true
        && "\(error)".hasSuffix("a.bin: could not be renamed into place: File exists")
    }
    #expect(FileManager.default.contents(atPath: (folder / "a.bin").string) == Data([1]))
    #expect(try folder.names() == ["a.bin"])
  }

  @Test func `what is not published is removed`() throws {
    let folder = try TemporaryFolder()
    do {
      let unfinished = try AtomicFile(replacing: folder / "a.bin")
      try unfinished.descriptor.writeAll([1])
      #expect(try folder.names().count == 1)
    }
    #expect(try folder.names() == [])
  }

  @Test func `names are never the same twice, and a long one has room`() throws {
    let folder = try TemporaryFolder()
    let name = String(repeating: "ö", count: 120) + ".png"
    let a = try AtomicFile(replacing: folder / name)
    let b = try AtomicFile(replacing: folder / name)
    #expect(a.temporary != b.temporary)
    #expect(a.temporary.lastComponent?.string.hasSuffix(".stipple-partial") == true)
  }

  @Test func `what is being written has its lock, and stays`() throws {
    let folder = try TemporaryFolder()
    let file = try AtomicFile(replacing: folder / "a.bin")
    Folders.removeAbandoned(in: folder.path)
    #expect(try folder.names().count == 1)
    try file.publish()
    #expect(try folder.names() == ["a.bin"])
  }

  @Test(arguments: ["1-1-12345678", "4711-3-9ae0e3f6", "0123456789abcdef"])
  func `what nobody has the lock of is removed, whatever process its name tells`(
    middle: String
  ) throws {
    let folder = try TemporaryFolder()
    try Data([1]).write(
      to: URL(filePath: (folder / ".a.bin.\(middle).stipple-partial").string))
    Folders.removeAbandoned(in: folder.path)
    #expect(try folder.names() == [])
  }

  @Test func `links, pipes and folders by a partial file's name are left alone`() throws {
    let folder = try TemporaryFolder()
    try Data([1]).write(to: URL(filePath: (folder / "victim").string))
    #expect(symlink("victim", (folder / ".a.1.stipple-partial").string) == 0)
    #expect(mkfifo((folder / ".b.1.stipple-partial").string, 0o600) == 0)
    #expect(mkdir((folder / ".c.1.stipple-partial").string, 0o700) == 0)
    Folders.removeAbandoned(in: folder.path)
    #expect(try folder.names().count == 4)
  }

  @Test func `unfinished work is found by the same work alone, by one at a time`() throws {
    let folder = try TemporaryFolder()
    func work(_ name: String) throws -> Int {
      let file = try AtomicFile(resuming: name, of: folder / "a.h5")
      return file.leftBytes
    }
    do {
      let file = try AtomicFile(resuming: "abc", of: folder / "a.h5")
      try file.descriptor.writeAll([1, 2, 3])
      // Another process that does the same begins its own.
      #expect(try work("abc") == 0)
      file.keep()
    }
    #expect(try folder.names().count == 1)
    #expect(try work("abd") == 0)
    let again = try AtomicFile(resuming: "abc", of: folder / "a.h5")
    #expect(again.leftBytes == 3)
    Folders.removeAbandoned(in: folder.path)
    Folders.removeUnfinished(of: folder / "a.h5")
    #expect(try folder.names().count == 1)
    again.keep()
    Folders.removeAbandoned(in: folder.path)
    Folders.removeUnfinished(of: folder / "b.h5")
    #expect(try folder.names().count == 1)
    Folders.removeUnfinished(of: folder / "a.h5")
    #expect(try folder.names() == [])
  }

  @Test func `a file with a second name is not gone on with`() throws {
    let folder = try TemporaryFolder()
    let file = try AtomicFile(resuming: "abc", of: folder / "a.h5")
    let path = file.temporary
    try file.descriptor.writeAll([1, 2, 3])
    file.keep()
    #expect(link(path.string, (folder / "victim").string) == 0)
    #expect(try AtomicFile(resuming: "abc", of: folder / "a.h5").leftBytes == 0)
  }
}

@Suite struct FoldersTests {
  @Test func `a folder that is not there has no names, and one that cannot be listed is an error`()
    throws
  {
    let folder = try TemporaryFolder()
    #expect(try Folders.names(in: folder / "none") == [])
    try Data().write(to: URL(filePath: (folder / "file").string))
    #expect {
      try Folders.names(in: folder / "file")
    } throws: { error in
      "\(error)".hasSuffix("/file: could not be listed: Not a directory")
    }
  }
}
