import Host
import Testing

/// File systems as proc(5) tells of them.
@Suite struct MountTests {
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
      #expect(Mount.kind(of: folder, lines: mounts) == kind, "\(folder)")
    }
    #expect(Mount.kind(of: "/home", lines: "") == nil)
  }
}
