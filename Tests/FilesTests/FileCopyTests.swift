import Files
import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite struct FileCopyTests {
  @Test(arguments: [0, 1, 3_000_000]) func `a copy has the same bytes`(size: Int) throws {
    let folder = try TemporaryFolder()
    let bytes = Data((0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) })
    try bytes.write(to: URL(filePath: (folder / "a").string))
    #expect(!FileCopy.haveSameBytes(folder / "a", folder / "b"))
    try FileCopy.copy(folder / "a", to: folder / "b", replacing: false)
    #expect(try Data(contentsOf: URL(filePath: (folder / "b").string)) == bytes)
    #expect(FileCopy.haveSameBytes(folder / "a", folder / "b"))
    #expect(throws: FileError.self) {
      try FileCopy.copy(folder / "a", to: folder / "b", replacing: false)
    }
    try (bytes + [1]).write(to: URL(filePath: (folder / "a").string))
    #expect(!FileCopy.haveSameBytes(folder / "a", folder / "b"))
    try FileCopy.copy(folder / "a", to: folder / "b", replacing: true)
    #expect(FileCopy.haveSameBytes(folder / "a", folder / "b"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path.string).count == 2)
  }

  // Linux says of such a file that it has as many bytes as a page.
  @Test(
    .enabled(
      if: FileManager.default.fileExists(atPath: "/sys/kernel/mm/transparent_hugepage/enabled")))
  func `a file that ends before its size is not copied`() throws {
    let folder = try TemporaryFolder()
    #expect(throws: FileError.self) {
      try FileCopy.copy(
        "/sys/kernel/mm/transparent_hugepage/enabled", to: folder / "b", replacing: true)
    }
    #expect(try folder.names() == [])
  }

  @Test func `a missing file is said`() throws {
    let folder = try TemporaryFolder()
    #expect(throws: FileError.self) {
      try FileCopy.copy(folder / "no", to: folder / "b", replacing: true)
    }
  }
}
