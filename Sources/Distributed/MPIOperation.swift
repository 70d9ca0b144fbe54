/// An operation of all ranks that goes on while other work is done.
///
/// A mean is an exchange: each rank gets its piece of everybody's values and adds them up. An MPI library's
/// own sum may add in another order with each algorithm and each placement of the ranks, and knows no
/// bfloat16.
final class MPIOperation: PendingOperation {
  private let communicator: MPICommunicator
  /// Of the library, as all memory here, until the operation is done.
  private let request: UnsafeMutablePointer<Int>
  private var memory: [UnsafeMutableRawBufferPointer] = []
  /// What is left to do when all is there.
  private var end: () -> Void = {}
  private(set) var isDone = false

  private init(_ communicator: MPICommunicator) {
    self.communicator = communicator
    request = .allocate(capacity: 1)
    request.initialize(to: 0)
  }

  /// Begins to replace each value of this rank's piece by its mean over all ranks.
  convenience init(
    meanOf values: UnsafeMutableBufferPointer<Float>, as type: TransferType,
    _ communicator: MPICommunicator
  ) {
    self.init(communicator)
    let (size, rank) = (communicator.size, communicator.rank)
    let pieces = communicator.pieces(of: values.count)
    let own = UnsafeMutableBufferPointer(rebasing: values[pieces[rank]])
    var sent = UnsafeMutableRawPointer(values.baseAddress)
    if type != .float32 {
      let copy = allocate(values.count * type.bytes)
      for piece in pieces where piece != pieces[rank] {
        type.encode(
          UnsafeBufferPointer(rebasing: values[piece]), to: copy + piece.lowerBound * type.bytes)
      }
      sent = copy
    }
    let received = allocate(size * own.count * type.bytes)
    end = { type.mean(of: received, ranks: size, own: rank, into: own) }
    let isOther = (0..<size).map { $0 == rank ? 0 : 1 }
    let (library, byte) = (communicator.library, communicator.library.interface.byte)
    _ = library.startExchange(
      sent, numbers(zip(pieces, isOther).map { $0.count * $1 * type.bytes }),
      numbers(pieces.map { $0.lowerBound * type.bytes }), byte,
      received, numbers(isOther.map { own.count * $0 * type.bytes }),
      numbers((0..<size).map { own.count * $0 * type.bytes }), byte, library.interface.world,
      request)
  }

  /// Begins to replace the values of each other rank's piece by that rank's.
  convenience init(
    gathering values: UnsafeMutableBufferPointer<Float>, _ communicator: MPICommunicator
  ) {
    self.init(communicator)
    let bytes = MemoryLayout<Float>.stride
    let pieces = communicator.pieces(of: values.count)
    let (library, byte) = (communicator.library, communicator.library.interface.byte)
    _ = library.startGather(
      UnsafeMutableRawPointer(bitPattern: library.interface.inPlace), 0, byte, values.baseAddress,
      numbers(pieces.map { $0.count * bytes }), numbers(pieces.map { $0.lowerBound * bytes }), byte,
      library.interface.world, request)
  }

  /// Ends the operation where all is there.
  func advance() {
    var isComplete: Int32 = 0
    let library = communicator.library
    _ = library.test(
      request, &isComplete, UnsafeMutableRawPointer(bitPattern: library.interface.statusIgnore))
    guard isComplete != 0 else { return }
    end()
    end = {}
    for place in memory { communicator.giveBack(place) }
    request.deallocate()
    isDone = true
  }

  func wait() {
    while !isDone {
      communicator.progress()
      communicator.giveWay()
    }
  }

  private func allocate(_ bytes: Int) -> UnsafeMutableRawPointer {
    let place = communicator.takeMemory(bytes)
    memory.append(UnsafeMutableRawBufferPointer(start: place, count: bytes))
    return place
  }

  /// Counts or places, for as long as the operation takes.
  private func numbers(_ values: [Int]) -> UnsafeMutablePointer<Int32> {
    let bytes = allocate(values.count * MemoryLayout<Int32>.stride)
    let numbers = bytes.bindMemory(to: Int32.self, capacity: values.count)
    for (i, value) in values.enumerated() { (numbers + i).initialize(to: Int32(value)) }
    return numbers
  }
}
