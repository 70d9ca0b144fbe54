package import Distributed
internal import Files
internal import Foundation
package import SystemPackage

// Files of processes that share work, which may be on several machines: what has the same name need not be the same.
extension ProcessGroup {
  /// Makes a folder for results, and makes sure that all processes see the same one.
  ///
  /// - Throws: `DistributedError.unseen` on all where one does not.
  package func make(_ folder: FilePath) throws {
    try first { try Folders.make(folder) }
    if size == 1 { return }
    let mark = folder.appending(try share { ".stipple-\(UUID().uuidString)" })
    try first { try AtomicFile.write([], to: mark) }
    defer { if isFirst { try? FileManager.default.removeItem(atPath: mark.string) } }
    // A shared file system may show late what another machine has written.
    var isSeen = try Folders.exists(mark)
    for _ in 0..<250 where !isSeen {
      usleep(20_000)
      isSeen = try Folders.exists(mark)
    }
    try communicator.require(isSeen) { .unseen(folder.string, rank: $0) }
  }

  /// Makes sure that all processes see images, looking for some of them.
  ///
  /// - Throws: `DistributedError.unseen` on all where one does not.
  package func requireSeen(_ images: [FilePath]) throws {
    if size == 1 || images.isEmpty { return }
    let some = (0..<8).map { images[$0 * (images.count - 1) / 7] }
    let isSeen = some.contains { $0.withPlatformString { access($0, R_OK) } == 0 }
    try communicator.require(isSeen) { .unseen(some[0].string, rank: $0) }
  }
}
