/// What the processes of one job tell each other: MPI's collective operations, as far as a training or a
/// batch needs them.
///
/// Every rank calls the same operations in the same order (MPI 4.0, section 6.1). A communicator is used
/// from one thread at a time.
package protocol Communicator: AnyObject, Sendable {
  /// This process's number, from 0 to `size` - 1.
  var rank: Int { get }
  /// How many processes there are.
  var size: Int { get }

  /// Returns when all ranks have come here.
  func barrier()

  /// Replaces the bytes by those of the rank `root`, whose number may be another.
  func broadcast(_ bytes: inout [UInt8], from root: Int)

  /// Replaces the values by rank 0's.
  func broadcast(_ values: UnsafeMutableBufferPointer<Float>)

  /// Replaces each value by its sum over all ranks, which is the same in all bits on each.
  func sum(_ values: UnsafeMutableBufferPointer<Double>)

  /// Begins to replace each value of this rank's piece by its mean over all ranks, while other work goes on.
  ///
  /// The bits of the means depend on how many ranks there are and on nothing else.
  ///
  /// - Parameters:
  ///   - values: as many on all ranks. The memory belongs to the operation until it is waited for; only
  ///     the rank's own piece changes.
  ///   - type: what is sent; sums are in float32.
  func startMean(
    _ values: UnsafeMutableBufferPointer<Float>, as type: TransferType
  ) -> any PendingOperation

  /// Begins to replace the values of each other rank's piece by that rank's, while other work goes on.
  ///
  /// - Parameter values: as many on all ranks. The memory belongs to the operation until it is waited for.
  func startGather(_ values: UnsafeMutableBufferPointer<Float>) -> any PendingOperation

  /// Lets operations go on that have been begun: a rank calls it now and then while it does other work.
  func progress()

  /// Sends bytes to one rank, which receives what a rank has sent in that order.
  func send(_ bytes: [UInt8], to rank: Int)

  /// Whether a rank has sent bytes that are not received yet.
  func hasMessage(from rank: Int) -> Bool

  /// The next bytes that a rank has sent or will send.
  func receive(from rank: Int) -> [UInt8]

  /// Ends all processes of the job at once.
  func abort(status: Int32)
}

/// An operation of all ranks that has been begun.
package protocol PendingOperation {
  /// Returns when it is done.
  func wait()
}

extension Communicator {
  /// Whether this is the rank that decides and writes.
  package var isFirst: Bool { rank == 0 }

  /// The piece of `count` values that each rank has: about as many, in order of the ranks.
  package func pieces(of count: Int) -> [Range<Int>] {
    (0..<size).map { ($0 * count / size)..<(($0 + 1) * count / size) }
  }

  /// Replaces the bytes by rank 0's, whose number may be another.
  package func broadcast(_ bytes: inout [UInt8]) { broadcast(&bytes, from: 0) }

  /// The sums of some values over all ranks.
  package func sums(_ values: [Double]) -> [Double] {
    if size == 1 { return values }
    var values = values
    values.withUnsafeMutableBufferPointer { sum($0) }
    return values
  }

  /// Whether any rank says yes.
  package func any(_ condition: Bool) -> Bool { sums([condition ? 1 : 0])[0] > 0 }

  /// What each rank says, in order of the ranks: (size, values.count).
  package func gather(_ values: [Double]) -> [Double] {
    if size == 1 { return values }
    var all = [Double](repeating: 0, count: size * values.count)
    all.replaceSubrange((rank * values.count)..<((rank + 1) * values.count), with: values)
    // All ranks but one add 0, which changes no bit but the sign of -0.
    return sums(all)
  }
}
