/// A heap of links or attributes, where a group or an object has many.
struct FractalHeap {
  private let bytes: StoredBytes
  private let address: UInt64
  private let hasChecksums: Bool
  private let width: Int
  private let startSize: Int
  private let largestBlock: Int
  private let largestObject: Int
  /// Bits of an offset within the heap.
  private let offsetBits: Int
  private let root: UInt64
  private let rootRows: Int
  /// The index of objects that lie outside of the heap's blocks.
  private let hugeIndex: UInt64

  init(_ bytes: StoredBytes, at address: UInt64) throws(Problem) {
    self.bytes = bytes
    self.address = address
    var start = ByteReader(try bytes.read(at: address, count: 9))
    try start.skip(7)
    if try start.number(2) != 0 { throw .unread("its heap is packed with filters") }
    var reader = try bytes.readChecked(at: address, count: 146)
    try reader.signature("FRHP")
    _ = try reader.version(0)
    try reader.skip(4)
    hasChecksums = try reader.byte() & 2 != 0
    largestObject = try reader.size(4)
    try reader.skip(8)
    hugeIndex = try reader.address()
    // Numbers and sizes of objects and of free space.
    try reader.skip(10 * 8)
    width = try reader.size(2)
    startSize = try reader.size(8)
    largestBlock = try reader.size(8)
    offsetBits = try reader.size(2)
    try reader.skip(2)
    root = try reader.address()
    rootRows = try reader.size(2)
    guard (1...1024).contains(width), startSize.nonzeroBitCount == 1,
      largestBlock.nonzeroBitCount == 1, startSize <= largestBlock, largestBlock <= 1 << 32,
      (1...64).contains(offsetBits)
    else { throw .malformed("its heap has sizes that cannot be") }
  }

  /// The object that an identifier of the heap's stands for.
  func object(_ identifier: ArraySlice<UInt8>) throws(Problem) -> ArraySlice<UInt8> {
    var reader = ByteReader(identifier)
    let flags = try reader.byte()
    if flags & 0xc0 != 0 { throw .unread("its heap has another version") }
    switch flags >> 4 & 3 {
    case 0:
      let offset = try reader.size((offsetBits + 7) / 8)
      let length = try reader.size(BTree2.byteCount(min(largestBlock, largestObject)))
      return try managed(offset, length)
    case 2: return try reader.take(Int(flags & 15) + 1)
    default: return try huge(try reader.number(min(8, reader.remaining)))
    }
  }

  /// The object of a number, past the heap's blocks.
  private func huge(_ number: UInt64) throws(Problem) -> ArraySlice<UInt8> {
    for record in try BTree2.records(bytes, at: hugeIndex, types: [1]).records {
      var reader = ByteReader(record)
      let (address, length) = (try reader.address(), try reader.size(8))
      if try reader.number(8) == number { return try bytes.read(at: address, count: length)[...] }
    }
    throw .malformed("its heap leads nowhere")
  }

  private func managed(_ offset: Int, _ length: Int) throws(Problem) -> ArraySlice<UInt8> {
    if rootRows == 0 {
      return try object(at: offset, length, inBlock: root, size: startSize, start: 0)
    }
    var block = (address: root, rows: rootRows, start: 0)
    // Each level's blocks are smaller than the one that they are in.
    while true {
      let (row, column, start) = try place(of: offset, in: block.rows, from: block.start)
      let child = try self.child(row * width + column, ofBlock: block.address, block.rows)
      let size = blockSize(row)
      if size <= largestBlock {
        return try object(at: offset, length, inBlock: child, size: size, start: start)
      }
      let rows = log2(size) - log2(startSize * width) + 1
      guard rows >= 1, rows < block.rows else { throw .malformed("its heap leads nowhere") }
      block = (child, rows, start)
    }
  }

  /// The row and column of the block that holds an offset, and the offset that the block starts at.
  private func place(
    of offset: Int, in rows: Int, from start: Int
  ) throws(Problem) -> (row: Int, column: Int, start: Int) {
    var rowStart = start
    for row in 0..<min(rows, 56) {
      let size = blockSize(row)
      let (rowSize, overflow) = size.multipliedReportingOverflow(by: width)
      if overflow || offset < rowStart { break }
      if offset - rowStart < rowSize {
        let column = (offset - rowStart) / size
        return (row, column, rowStart + column * size)
      }
      rowStart += rowSize
      if rowStart > 1 << 56 { break }
    }
    throw .malformed("its heap leads nowhere")
  }

  private func blockSize(_ row: Int) -> Int { row < 2 ? startSize : startSize << min(row - 1, 30) }

  private func log2(_ value: Int) -> Int { Int.bitWidth - 1 - value.leadingZeroBitCount }

  /// Where a child of an indirect block is.
  private func child(
    _ index: Int, ofBlock address: UInt64, _ rows: Int
  ) throws(Problem) -> UInt64 {
    let prefix = 5 + 8 + (offsetBits + 7) / 8
    var reader = try bytes.readChecked(at: address, count: prefix + 8 * rows * width + 4)
    try reader.signature("FHIB")
    _ = try reader.version(0)
    if try reader.address() != self.address { throw .malformed("its heap has another's block") }
    try reader.skip((offsetBits + 7) / 8 + 8 * index)
    return try reader.address()
  }

  private func object(
    at offset: Int, _ length: Int, inBlock address: UInt64, size: Int, start: Int
  ) throws(Problem) -> ArraySlice<UInt8> {
    var block = try bytes.read(at: address, count: size)
    var reader = ByteReader(block)
    try reader.signature("FHDB")
    _ = try reader.version(0)
    if try reader.address() != self.address { throw .malformed("its heap has another's block") }
    try reader.skip((offsetBits + 7) / 8)
    let prefix = reader.position + (hasChecksums ? 4 : 0)
    if hasChecksums {
      let place = reader.position
      let stored = try reader.take(4)
      for index in place..<(place + 4) { block[index] = 0 }
      try MetadataChecksum.verify(block + stored)
    }
    let position = offset - start
    guard position >= prefix, position <= size, length <= size - position else {
      throw .malformed("its heap leads nowhere")
    }
    return block[position..<(position + length)]
  }
}
