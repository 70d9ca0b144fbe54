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

  @Test func `the kind is that of the innermost mount, and of the last one there`() {
    let mounts = """
      22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/root rw
      30 22 0:25 / /mnt/my\\040disk rw - nfs4 server:/a rw
      31 30 0:26 / /mnt/my\\040disk/fast rw,noatime shared:5 master:1 - tmpfs tmpfs rw
      32 22 0:27 / /mnt/twice rw - xfs /dev/a rw
      33 22 0:28 / /mnt/twice rw - btrfs /dev/b rw
      broken line
      """
    for (folder, kind) in [
      ("/home", "ext4"), ("/mnt/my disk/photos", "nfs4"), ("/mnt/my disk/fast", "tmpfs"),
      ("/mnt/my disk/faster", "nfs4"), ("/mnt/twice/a", "btrfs"),
    ] {
      #expect(FileSystemType.name(of: FilePath(folder), mounts: mounts) == kind, "\(folder)")
    }
    #expect(FileSystemType.name(of: "/home", mounts: "") == nil)
  }
}
