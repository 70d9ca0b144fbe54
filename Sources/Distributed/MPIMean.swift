/// A mean over all ranks on its way, in two exchanges of as many bytes as any way sends at least.
///
/// Each rank gets its piece of everybody's values and makes the means, then all get all pieces (Thakur,
/// Rabenseifner & Gropp 2005, section 4.5). An MPI library's own sum may add in another order with each
/// algorithm and each placement of the ranks, and knows no bfloat16.
final class MPIMean: PendingMean {
  private enum Stage { case exchanging, gathering, done }

  private let values: UnsafeMutableBufferPointer<Float>
  private let type: TransferType
  private let communicator: MPICommunicator
  private let library: MPILibrary
  /// Bytes of a rank's piece.
  private let piece: Int
  /// All pieces of this rank's values, later the means: `values` itself, or a copy in another type.
  private let sent: UnsafeMutableRawPointer
  private let isCopy: Bool
  /// This rank's piece of everybody's.
  private let received: UnsafeMutableRawPointer
  /// Of the library until its exchange is done.
  private let request: UnsafeMutablePointer<Int>
  private var stage = Stage.exchanging

  init?(
    _ values: UnsafeMutableBufferPointer<Float>, as type: TransferType,
    _ communicator: MPICommunicator, _ library: MPILibrary
  ) {
    guard let base = values.baseAddress, !values.isEmpty else { return nil }
    let size = communicator.size
    precondition(values.count % size == 0, "each rank has a piece")
    (self.values, self.type, self.communicator) = (values, type, communicator)
    self.library = library
    piece = values.count / size * type.bytes
    isCopy = type != .float32
    sent =
      isCopy ? .allocate(byteCount: size * piece, alignment: 64) : UnsafeMutableRawPointer(base)
    received = .allocate(byteCount: size * piece, alignment: 64)
    request = .allocate(capacity: 1)
    request.initialize(to: 0)
    if isCopy { type.encode(UnsafeBufferPointer(values), to: sent) }
    let interface = library.interface
    _ = library.startExchange(
      sent, Int32(piece), interface.byte, received, Int32(piece), interface.byte, interface.world,
      request)
  }

  /// Begins the second exchange when the first is done.
  ///
  /// - Parameter mayGather: whether all means before this one have begun theirs: on a communicator of MPI
  ///   all ranks begin collective operations in the same order.
  /// - Returns: whether it has begun it.
  func advance(mayGather: Bool) -> Bool {
    switch stage {
    case .done: return true
    case .gathering:
      if isRequestDone { finish() }
      return true
    case .exchanging:
      guard mayGather, isRequestDone else { return false }
      let count = values.count / communicator.size
      let own = UnsafeMutableBufferPointer(
        rebasing: values[(communicator.rank * count)..<((communicator.rank + 1) * count)])
      type.mean(of: received, ranks: communicator.size, into: own)
      if isCopy {
        type.encode(UnsafeBufferPointer(own), to: sent + communicator.rank * piece)
      }
      let interface = library.interface
      _ = library.startGather(
        UnsafeMutableRawPointer(bitPattern: interface.inPlace), Int32(piece), interface.byte, sent,
        Int32(piece), interface.byte, communicator.second, request)
      stage = .gathering
      return true
    }
  }

  var isDone: Bool { stage == .done }

  func wait() {
    while !isDone {
      communicator.progress()
      communicator.giveWay()
    }
  }

  private func finish() {
    if isCopy {
      type.decode(sent, into: values)
      sent.deallocate()
    }
    received.deallocate()
    request.deallocate()
    stage = .done
  }

  private var isRequestDone: Bool {
    var isDone: Int32 = 0
    _ = library.test(
      request, &isDone, UnsafeMutableRawPointer(bitPattern: library.interface.statusIgnore))
    return isDone != 0
  }
}
