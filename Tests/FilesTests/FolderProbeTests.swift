import Files
import Foundation
import SystemPackage
import TestSupport
import Testing

/// What is found out of a folder's file system.
@Suite struct FolderProbeTests {
  @Test func `a local folder does all that files rely on, and is left as it was`() throws {
    let folder = try TemporaryFolder()
    #expect(try FolderProbe(folder.path) == .sound)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path.string) == [])
  }

  @Test(arguments: ["/proc", "/nowhere"])
  func `a folder that takes no files is an error with its name`(_ folder: FilePath) throws {
    #expect {
      try FolderProbe(folder)
    } throws: {
      "\($0)".hasPrefix("\(folder): no file can be written here: ")
    }
  }
}
