internal import CHDF5
internal import CHDF5Driver

/// Memory for one chunk of a dataset, with room for the checksum behind its elements.
///
/// Whoever fills it may do so on any thread, but on one at a time.
package final class ChunkBuffer: Sendable {
  /// Pages of memory and of disks, so that the bytes can go from one to the other without a copy.
  private static let alignment = 4096

  // The pointer is a constant; what it points to belongs to one thread at a time, as said above.
  private nonisolated(unsafe) let memory: UnsafeMutableRawBufferPointer

  /// - Parameter elementBytes: of all elements of a chunk, see `Dataset.chunkBytes`.
  package init(elementBytes: Int) {
    memory = .allocate(byteCount: elementBytes + 4, alignment: Self.alignment)
  }

  deinit { memory.deallocate() }

  /// The elements as they are in the file, little-endian; they hold anything at first.
  package var elements: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(rebasing: memory.dropLast(4))
  }

  /// Takes elements, and zeros behind them where they are fewer.
  package func fill(from bytes: UnsafeRawBufferPointer) {
    elements.copyMemory(from: bytes)
    clear(from: bytes.count)
  }

  /// Sets what lies behind the first `count` bytes to zero.
  package func clear(from count: Int) {
    guard count < elements.count else { return }
    UnsafeMutableRawBufferPointer(rebasing: elements[count...])
      .initializeMemory(as: UInt8.self, repeating: 0)
  }

  /// Elements and checksum.
  var stored: UnsafeRawBufferPointer { UnsafeRawBufferPointer(memory) }

  /// The same, to be filled.
  var all: UnsafeMutableRawBufferPointer { memory }

  /// Whether the checksum is that of the elements, and not the one of zeros, which a file has where
  /// nothing was written.
  var isSealed: Bool {
    let checksum = Fletcher32.checksum(UnsafeRawBufferPointer(elements))
    let stored = memory.loadUnaligned(fromByteOffset: elements.count, as: UInt32.self)
    return checksum != 0 && UInt32(littleEndian: stored) == checksum
  }

  /// Puts the checksum behind the elements, as the C library's filter does: little-endian.
  package func seal() {
    let checksum = Fletcher32.checksum(UnsafeRawBufferPointer(elements))
    memory.storeBytes(
      of: checksum.littleEndian, toByteOffset: elements.count, as: UInt32.self)
  }
}

extension Dataset {
  /// Bytes of one chunk's elements.
  package var chunkBytes: Int { (chunk ?? shape).reduce(type.byteCount, *) }

  /// Writes a sealed chunk past the C library's filters and cache.
  ///
  /// - Parameter start: the chunk's first element, a multiple of the chunk's lengths along every
  ///   axis. Where the dataset ends within the chunk, the rest of the chunk is not read by anybody.
  package func write(_ buffer: ChunkBuffer, at start: [Int]) throws(HDF5Error) {
    guard let chunk else { preconditionFailure("\(kind) has no chunks") }
    precondition(!isPacked, "\(kind) is packed by the C library's filters")
    precondition(buffer.elements.count == chunkBytes, "not a whole chunk")
    precondition(
      start.count == chunk.count && zip(start, chunk).allSatisfy { $0 % $1 == 0 },
      "\(start) is not a chunk's beginning")
    Library.enter()
    defer { Library.leave() }
    try location.check(
      H5Dwrite_chunk(
        location.id, st_h5_default(), 0, start.map { hsize_t($0) }, buffer.stored.count,
        buffer.stored.baseAddress), "\(kind) could not be written")
  }
}

// Going on with a file that an interrupted process has left.
extension Dataset {
  /// Gives a chunk its place in the file and writes nothing there, so that it holds what an earlier
  /// process has left.
  ///
  /// - Parameters:
  ///   - buffer: is filled with that.
  ///   - start: the chunk's first element, as for `write`.
  /// - Returns: The place in bytes, and whether a whole chunk that is not zero throughout lies there.
  package func takeOver(
    _ buffer: ChunkBuffer, at start: [Int]
  ) throws(HDF5Error) -> (place: Int, isWhole: Bool) {
    Library.enter()
    defer { Library.leave() }
    let failure = "\(kind) could not be written"
    try location.check(st_h5_skip_elements(location.file.identifier, 1), failure)
    do throws(HDF5Error) {
      try write(buffer, at: start)
    } catch {
      _ = st_h5_skip_elements(location.file.identifier, 0)
      throw error
    }
    try location.check(st_h5_skip_elements(location.file.identifier, 0), failure)
    let offset = start.map { hsize_t($0) }
    var place = haddr_t(0)
    try location.check(
      H5Dget_chunk_info_by_coord(location.id, offset, nil, &place, nil), failure)
    let isThere = location.file.readLeft(at: Int(place), into: buffer.all)
    return (Int(place), isThere && buffer.isSealed)
  }

  /// Cuts off what an earlier process has left in the file, from a chunk's place on.
  package func cutLeft(from place: Int) { location.file.cutLeft(from: place) }
}
