/// The elements of an array of chunks, one after another.
struct ChunkArray {
  /// How many there are.
  let count: Int
  private let isFiltered: Bool
  private let elementSize: Int
  /// Pieces of the file with elements, in order; nil stands for so many that were never written.
  private var pieces: ArraySlice<(elements: ArraySlice<UInt8>?, count: Int)>
  private var reader = ByteReader([])
  private var left = 0
  private var isThere = false

  /// The next chunk; nil where there is none.
  mutating func next(_ grid: ChunkIndex.Grid) throws(Problem) -> ChunkIndex.Chunk? {
    while left == 0 {
      guard let piece = pieces.popFirst() else { return nil }
      (reader, left) = (ByteReader(piece.elements ?? []), piece.count)
      isThere = piece.elements != nil
    }
    left -= 1
    guard isThere else { return nil }
    let address = try reader.address()
    guard isFiltered else {
      return ChunkIndex.Chunk(address: address, size: grid.chunkBytes, mask: 0)
    }
    let size = try reader.size(elementSize - 12)
    return ChunkIndex.Chunk(address: address, size: size, mask: UInt32(try reader.number(4)))
  }

  /// The array of a dataset whose axes cannot become longer.
  init(fixed bytes: StoredBytes, at address: UInt64) throws(Problem) {
    var header = try bytes.readChecked(at: address, count: 28)
    try header.signature("FAHD")
    _ = try header.version(0)
    isFiltered = try header.byte() == 1
    elementSize = try header.size(1)
    let pageBits = try header.size(1)
    count = try header.size(8)
    let block = try header.address()
    try Self.check(elementSize, isFiltered, pageBits)
    guard count > 0, count <= bytes.count else { throw .malformed("its index is too long") }
    if block == ByteReader.undefined {
      pieces = [(nil, count)]
      return
    }
    let pageSize = 1 << pageBits
    if count <= pageSize {
      let size = 14 + count * elementSize + 4
      var reader = try bytes.readChecked(at: block, count: size)
      try Self.begin(&reader, "FADB", address)
      pieces = [(try reader.take(count * elementSize), count)]
      return
    }
    let pages = (count + pageSize - 1) / pageSize
    let prefix = 14 + (pages + 7) / 8 + 4
    var reader = try bytes.readChecked(at: block, count: prefix)
    try Self.begin(&reader, "FADB", address)
    let written = Array(try reader.take((pages + 7) / 8))
    var found: [(elements: ArraySlice<UInt8>?, count: Int)] = []
    for page in 0..<pages {
      let count = min(pageSize, self.count - page * pageSize)
      guard written[page / 8] & (0x80 >> UInt8(page % 8)) != 0 else {
        found.append((nil, count))
        continue
      }
      let start = block + UInt64(prefix + page * (pageSize * elementSize + 4))
      var elements = try bytes.readChecked(at: start, count: count * elementSize + 4)
      found.append((try elements.take(count * elementSize), count))
    }
    pieces = found[...]
  }

  /// The array of a dataset one of whose axes has no end.
  init(extensible bytes: StoredBytes, at address: UInt64) throws(Problem) {
    var header = try bytes.readChecked(at: address, count: 72)
    try header.signature("EAHD")
    _ = try header.version(0)
    isFiltered = try header.byte() == 1
    elementSize = try header.size(1)
    let countBits = try header.size(1)
    let direct = try header.size(1)
    let least = try header.size(1)
    let leastPointers = try header.size(1)
    let pageBits = try header.size(1)
    try header.skip(4 * 8)
    count = try header.size(8)
    try header.skip(8)
    let block = try header.address()
    try Self.check(elementSize, isFiltered, pageBits)
    guard count <= bytes.count, (1...64).contains(countBits), least.nonzeroBitCount == 1,
      leastPointers.nonzeroBitCount == 1, countBits >= least.trailingZeroBitCount
    else { throw .malformed("its index has sizes that cannot be") }
    guard block != ByteReader.undefined, count > 0 else {
      pieces = [(nil, count)]
      return
    }
    pieces = try Self.pieces(
      Blocks(
        bytes: bytes, header: address, elementSize: elementSize, direct: direct, least: least,
        leastPointers: leastPointers, pageSize: 1 << pageBits,
        offsetSize: (countBits + 7) / 8,
        levels: countBits - least.trailingZeroBitCount + 1),
      at: block, count: count)
  }

  private struct Blocks {
    let bytes: StoredBytes
    let header: UInt64
    let elementSize, direct, least, leastPointers, pageSize, offsetSize, levels: Int

    /// Data blocks of super block `level`, and the elements of each.
    func sizes(_ level: Int) -> (blocks: Int, elements: Int) {
      (1 << (level / 2), (1 << ((level + 1) / 2)) * least)
    }

    /// The elements of one data block.
    func elements(
      _ address: UInt64, count: Int
    ) throws(Problem) -> [(elements: ArraySlice<UInt8>?, count: Int)] {
      if address == ByteReader.undefined { return [(nil, count)] }
      let prefix = 14 + offsetSize
      if count <= pageSize {
        var reader = try bytes.readChecked(at: address, count: prefix + count * elementSize + 4)
        try ChunkArray.begin(&reader, "EADB", header)
        try reader.skip(offsetSize)
        return [(try reader.take(count * elementSize), count)]
      }
      throw .unread("it has more chunks than are read of a dataset without an end")
    }
  }

  private static func pieces(
    _ blocks: Blocks, at address: UInt64, count: Int
  ) throws(Problem) -> ArraySlice<(elements: ArraySlice<UInt8>?, count: Int)> {
    // The first levels' data blocks are named by the index block itself.
    let directLevels = min(2 * blocks.leastPointers.trailingZeroBitCount, blocks.levels)
    let dataBlocks = (0..<directLevels).reduce(0) { $0 + blocks.sizes($1).blocks }
    let superBlocks = blocks.levels - directLevels
    let size = 14 + blocks.direct * blocks.elementSize + 8 * (dataBlocks + superBlocks) + 4
    var reader = try blocks.bytes.readChecked(at: address, count: size)
    try begin(&reader, "EAIB", blocks.header)
    var found: [(elements: ArraySlice<UInt8>?, count: Int)] = [
      (try reader.take(blocks.direct * blocks.elementSize), blocks.direct)
    ]
    var done = blocks.direct
    for level in 0..<blocks.levels where done < count {
      let (number, elements) = blocks.sizes(level)
      var names = reader
      if level < directLevels {
        try reader.skip(8 * number)
      } else {
        let block = try reader.address()
        if block == ByteReader.undefined {
          found.append((nil, number * elements))
          done += number * elements
          continue
        }
        if elements > blocks.pageSize {
          throw .unread("it has more chunks than are read of a dataset without an end")
        }
        names = try blocks.bytes.readChecked(
          at: block, count: 14 + blocks.offsetSize + 8 * number + 4)
        try begin(&names, "EASB", blocks.header)
        try names.skip(blocks.offsetSize)
      }
      for _ in 0..<number where done < count {
        found += try blocks.elements(try names.address(), count: elements)
        done += elements
      }
    }
    return found[...]
  }

  /// Signature, version, kind and owner of a block.
  private static func begin(
    _ reader: inout ByteReader, _ signature: StaticString, _ owner: UInt64
  ) throws(Problem) {
    try reader.signature(signature)
    _ = try reader.version(0)
    try reader.skip(1)
    if try reader.address() != owner { throw .malformed("its index has another's block") }
  }

  private static func check(_ elementSize: Int, _ isFiltered: Bool, _ pageBits: Int) throws(Problem)
  {
    guard isFiltered ? (13...20).contains(elementSize) : elementSize == 8, pageBits < 32 else {
      throw .malformed("its index has sizes that cannot be")
    }
  }
}
