package import Host

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// The ranks of an MPI job.
///
/// An operation that fails ends the job: that is MPI's own default (`MPI_ERRORS_ARE_FATAL`), and what its
/// launcher does when a rank dies.
package final class MPICommunicator: Communicator {
  package let rank: Int
  package let size: Int
  /// What the library calls itself: "Open MPI 4.1.4".
  package let version: String
  let library: MPILibrary
  /// Operations that have been begun.
  // A communicator belongs to one thread at a time.
  private nonisolated(unsafe) var running: [MPIOperation] = []
  /// Memory by its bytes that operations have used and the next will: new memory is slow.
  private nonisolated(unsafe) var spare: [Int: [UnsafeMutableRawPointer]] = [:]

  /// Most elements of one operation, whose count is an int.
  private static let most = 1 << 28

  /// Joins the job that a launcher has started.
  ///
  /// - Parameters:
  ///   - library: the path of another library than the usual one.
  ///   - limit: seconds until all ranks have to be there.
  /// - Throws: `DistributedError` where there is no MPI, or none that finds the other ranks.
  package init(
    _ launcher: Launcher, library path: String? = nil, limit: Int = 120
  ) throws(DistributedError) {
    if launcher.interface == .none { throw .notConnected(tasks: launcher.size ?? 2) }
    library = try MPILibrary(
      firstOf: path.map { [$0] } ?? MPILibrary.names(for: launcher.interface),
      startedBy: launcher)
    var provided: Int32 = 0
    // It does not return where another rank has ended before it came here.
    let watchdog = Watchdog(
      after: limit,
      telling: launcher.rank ?? 0 == 0
        ? .missingRanks(of: launcher.size ?? 2, seconds: limit) : nil)
    _ = library.initialize(nil, nil, library.interface.serialized, &provided)
    watchdog?.dismiss()
    var (rank, size): (Int32, Int32) = (0, 0)
    _ = library.rank(library.interface.world, &rank)
    _ = library.size(library.interface.world, &size)
    (self.rank, self.size) = (Int(rank), Int(size))
    version = MPILibrary.version(library.describe)
    if let started = launcher.size, started != Int(size) {
      throw .otherLauncher(version, library.name, ranks: Int(size), started: started)
    }
    guard provided >= library.interface.serialized else { throw .noThreads(version) }
    try Self.waitForAll(library, Int(size), limit)
  }

  /// Leaves the job, when all its ranks do.
  package func leave() { _ = library.finish() }

  package func barrier() { _ = library.barrier(library.interface.world) }

  package func broadcast(_ bytes: inout [UInt8], from root: Int) {
    var count = Double(bytes.count)
    withUnsafeMutablePointer(to: &count) {
      _ = library.broadcast(
        $0, 1, library.interface.double, Int32(root), library.interface.world)
    }
    if rank != root { bytes = [UInt8](repeating: 0, count: Int(count)) }
    bytes.withUnsafeMutableBufferPointer {
      broadcast($0, as: library.interface.byte, from: root)
    }
  }

  package func broadcast(_ values: UnsafeMutableBufferPointer<Float>) {
    broadcast(values, as: library.interface.float, from: 0)
  }

  private func broadcast<Element>(
    _ values: UnsafeMutableBufferPointer<Element>, as type: Int, from root: Int
  ) {
    for part in parts(of: values) {
      _ = library.broadcast(
        part.baseAddress, Int32(part.count), type, Int32(root), library.interface.world)
    }
  }

  package func sum(_ values: UnsafeMutableBufferPointer<Double>) {
    for part in parts(of: values) {
      _ = library.reduce(
        UnsafeMutableRawPointer(bitPattern: library.interface.inPlace), part.baseAddress,
        Int32(part.count), library.interface.double, library.interface.sum,
        library.interface.world)
    }
  }

  package func startMean(
    _ values: UnsafeMutableBufferPointer<Float>, as type: TransferType
  ) -> any PendingOperation {
    begin(MPIOperation(meanOf: values, as: type, self))
  }

  package func startGather(_ values: UnsafeMutableBufferPointer<Float>) -> any PendingOperation {
    begin(MPIOperation(gathering: values, self))
  }

  private func begin(_ operation: MPIOperation) -> MPIOperation {
    running.append(operation)
    return operation
  }

  /// Memory for an operation, which keeps it until it is done.
  func takeMemory(_ bytes: Int) -> UnsafeMutableRawPointer {
    spare[bytes]?.popLast() ?? .allocate(byteCount: bytes, alignment: 64)
  }

  func giveBack(_ memory: UnsafeMutableRawBufferPointer) {
    if let place = memory.baseAddress { spare[memory.count, default: []].append(place) }
  }

  package func progress() {
    for operation in running { operation.advance() }
    running.removeAll(where: \.isDone)
  }

  /// Lets others compute while this rank can only wait: there may be more ranks than processors.
  func giveWay() { sched_yield() }

  package func abort(status: Int32) { _ = library.abort(library.interface.world, status) }

  func parts<Element>(
    of values: UnsafeMutableBufferPointer<Element>
  ) -> [UnsafeMutableBufferPointer<Element>] {
    stride(from: 0, to: values.count, by: Self.most).map { first in
      UnsafeMutableBufferPointer(rebasing: values[first..<min(first + Self.most, values.count)])
    }
  }

  /// A job whose ranks do not all come ends with a sentence rather than waiting for ever.
  private static func waitForAll(
    _ library: MPILibrary, _ size: Int, _ limit: Int
  ) throws(DistributedError) {
    var (request, isDone): (Int, Int32) = (0, 0)
    _ = library.startBarrier(library.interface.world, &request)
    for _ in 0..<(limit * 100) {
      _ = library.test(
        &request, &isDone, UnsafeMutableRawPointer(bitPattern: library.interface.statusIgnore))
      if isDone != 0 { return }
      usleep(10_000)
    }
    throw .missingRanks(of: size, seconds: limit)
  }
}
