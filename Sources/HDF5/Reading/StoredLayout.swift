/// Where the elements of a dataset are.
enum StoredLayout {
  /// In the header itself.
  case compact(ArraySlice<UInt8>)
  /// In one piece; nowhere where nothing was written.
  case contiguous(address: UInt64, size: Int)
  /// In chunks of these lengths.
  case chunked(lengths: [Int], ChunkIndex)
  /// In other files.
  case elsewhere(String)

  /// Reads a layout message.
  ///
  /// - Parameters:
  ///   - rank: how many axes the dataset has.
  ///   - elementSize: bytes of an element.
  init(_ body: ArraySlice<UInt8>, rank: Int, elementSize: Int) throws(Problem) {
    var reader = ByteReader(body)
    let version = try reader.version(1, 2, 3, 4)
    if version < 3 {
      self = try Self.early(&reader, rank: rank, elementSize: elementSize)
      return
    }
    switch try reader.byte() {
    case 0: self = .compact(try reader.take(try reader.size(2)))
    case 1:
      self = .contiguous(address: try reader.address(), size: Int(clamping: try reader.number(8)))
    case 2 where version == 3:
      let dimensions = try reader.size(1)
      let address = try reader.address()
      let lengths = try Self.lengths(&reader, dimensions, 4, rank: rank, elementSize)
      self = .chunked(lengths: lengths, ChunkIndex(.tree1(address), address))
    case 2:
      let flags = try reader.byte()
      let dimensions = try reader.size(1)
      let width = try reader.size(1)
      let lengths = try Self.lengths(&reader, dimensions, width, rank: rank, elementSize)
      let kind: ChunkIndex.Kind
      switch try reader.byte() {
      case 1:
        let isFiltered = flags & 2 != 0
        kind = .single(
          storedSize: isFiltered ? try reader.size(8) : nil,
          mask: isFiltered ? UInt32(try reader.number(4)) : 0)
      case 2: kind = .implicit
      case 3:
        try reader.skip(1)
        kind = .fixedArray
      case 4:
        try reader.skip(5)
        kind = .extensibleArray
      case 5:
        try reader.skip(6)
        kind = .tree2
      default: throw .unread("its chunks have an index of an unknown kind")
      }
      self = .chunked(lengths: lengths, ChunkIndex(kind, try reader.address()))
    case 3: self = .elsewhere("virtual")
    default: throw .unread("its elements lie in an unknown way")
    }
  }

  /// Versions 1 and 2.
  private static func early(
    _ reader: inout ByteReader, rank: Int, elementSize: Int
  ) throws(Problem) -> StoredLayout {
    let dimensions = try reader.size(1)
    let kind = try reader.byte()
    try reader.skip(5)
    let address = kind == 0 ? 0 : try reader.address()
    if kind == 2 {
      let lengths = try lengths(&reader, dimensions, 4, rank: rank, elementSize)
      return .chunked(lengths: lengths, ChunkIndex(.tree1(address), address))
    }
    var size = elementSize
    for _ in 0..<dimensions {
      size = size.multipliedReportingOverflow(by: try reader.size(4)).partialValue
    }
    if kind == 0 { return .compact(try reader.take(try reader.size(4))) }
    return .contiguous(address: address, size: max(0, size))
  }

  /// The lengths of a chunk, behind which its elements' size comes.
  private static func lengths(
    _ reader: inout ByteReader, _ dimensions: Int, _ width: Int, rank: Int, _ elementSize: Int
  ) throws(Problem) -> [Int] {
    guard dimensions == rank + 1, (1...8).contains(width) else {
      throw .malformed("its chunks have other axes than it has")
    }
    var lengths: [Int] = []
    var bytes = elementSize
    for _ in 0..<rank {
      let length = try reader.size(width)
      let (product, overflow) = bytes.multipliedReportingOverflow(by: length)
      guard length > 0, !overflow, product < 1 << 32 else {
        throw .malformed("its chunks have a size that cannot be")
      }
      bytes = product
      lengths.append(length)
    }
    guard try reader.size(width) == elementSize else {
      throw .malformed("its chunks have elements of another size")
    }
    return lengths
  }
}
