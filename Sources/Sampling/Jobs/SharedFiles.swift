package import Distributed
internal import Files
internal import Foundation
internal import Images
internal import PNGCodec
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

  /// Makes sure that all processes see the same images, looking at some of them.
  ///
  /// - Throws: `DistributedError.unseen` on all where a process sees none, and `DistributedError.otherFile` where it sees
  ///   one of another size.
  package func requireSeen(_ images: [FilePath]) throws {
    if size == 1 || images.isEmpty { return }
    let some = evenlySpread(64, of: images.count).map { images[$0] }
    let sizes = some.map { path in
      path.withPlatformString { access($0, R_OK) } == 0 ? (try? FileStatus(path))?.size : nil
    }
    try communicator.require(sizes.contains { $0 != nil }) { .unseen(some[0].string, rank: $0) }
    let others = try share { sizes }
    let odd = some.indices.first { i in
      sizes[i].map { size in others[i].map { $0 != size } ?? false } ?? false
    }
    let found = try communicator.collect(odd)
    if let rank = found.firstIndex(where: { $0 != nil }), let index = found[rank] {
      throw DistributedError.otherFile(some[index].string, rank: rank)
    }
  }

  /// Makes sure that all processes have read the same images.
  ///
  /// - Throws: `DistributedError.unseen` on all where one has not.
  package func requireRead(_ images: [FilePath]) throws {
    if size == 1 { return }
    let found = try communicator.collect(images.map(\.string))
    if let rank = found.firstIndex(where: { $0 != found[0] }),
      let path = Set(found[rank]).symmetricDifference(found[0]).min()
    {
      throw DistributedError.unseen(path, rank: rank)
    }
  }

  /// Why an image is left out. Where the system does not let a process read it, it may let another one: then the process
  /// is named.
  package func cause(of error: any Error) -> String {
    guard rank > 0, case .system? = error as? PNGError else { return "\(error)" }
    return "\(error) (rank \(rank))"
  }
}
