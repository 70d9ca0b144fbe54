internal import CDeflate
internal import CHDF5Driver
internal import SystemPackage

/// How chunks are packed: deflate, shuffle and Fletcher32 checksums.
struct FilterPipeline: Sendable {
  enum Filter: Sendable, Equatable {
    case deflate
    case shuffle(elementSize: Int)
    case fletcher32
    case other(Int)
  }

  /// In the order in which they were applied.
  let filters: [Filter]

  /// Elements as they are.
  static let none = FilterPipeline(filters: [])

  private init(filters: [Filter]) { self.filters = filters }

  /// Reads a filter message.
  init(_ body: ArraySlice<UInt8>) throws(Problem) {
    var reader = ByteReader(body)
    let version = try reader.version(1, 2)
    let count = try reader.size(1)
    if version == 1 { try reader.skip(6) }
    guard count <= 32 else { throw .malformed("it has \(count) filters") }
    var filters: [Filter] = []
    for _ in 0..<count {
      let number = try reader.size(2)
      let nameLength = version == 1 || number >= 256 ? try reader.size(2) : 0
      try reader.skip(2)
      let values = try reader.size(2)
      try reader.skip(version == 1 ? (nameLength + 7) / 8 * 8 : nameLength)
      let first = values > 0 ? try reader.size(4) : 0
      try reader.skip(4 * max(0, values - 1))
      if version == 1, values % 2 == 1 { try reader.skip(4) }
      switch number {
      case 1: filters.append(.deflate)
      case 2: filters.append(.shuffle(elementSize: max(1, first)))
      case 3: filters.append(.fletcher32)
      default: filters.append(.other(number))
      }
    }
    guard filters.count(where: { $0 == .deflate }) <= 1 else {
      throw .unread("it is packed twice")
    }
    self.filters = filters
  }

  /// How many bytes one stored byte can become: 1, or deflate's limit.
  var packing: Int { filters.contains(.deflate) ? 1032 : 1 }

  /// Whether a stored chunk is its elements and their checksum.
  var isChecksumAlone: Bool { filters == [.fletcher32] }

  /// The elements of a stored chunk.
  ///
  /// - Parameters:
  ///   - mask: which filters were left out.
  ///   - size: bytes of the elements.
  func unpacked(_ stored: [UInt8], mask: UInt32, size: Int) throws(Problem) -> [UInt8] {
    var bytes = stored
    for (index, filter) in filters.enumerated().reversed() where mask & 1 << UInt32(index) == 0 {
      switch filter {
      case .fletcher32: bytes = try Self.checked(bytes)
      case .shuffle(let elementSize): bytes = Self.unshuffled(bytes, elementSize)
      case .deflate:
        // What came before it in the writer's order made the elements longer by a checksum at most.
        let checksums = filters[..<index].enumerated().count { before, filter in
          filter == .fletcher32 && mask & 1 << UInt32(before) == 0
        }
        bytes = try Self.inflated(bytes, size: size + 4 * checksums)
      case .other: throw .unread("it is packed with another filter")
      }
    }
    guard bytes.count == size else { throw .malformed("one of its chunks has another size") }
    return bytes
  }

  /// Bytes without the checksum behind them.
  private static func checked(_ bytes: [UInt8]) throws(Problem) -> [UInt8] {
    guard bytes.count >= 4 else { throw .malformed("one of its chunks has another size") }
    let isRight = bytes.withUnsafeBytes { bytes in
      let elements = UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count - 4)])
      let stored = bytes.loadUnaligned(fromByteOffset: elements.count, as: UInt32.self)
      return isChecksum(UInt32(littleEndian: stored), of: elements)
    }
    if !isRight { throw .checksum }
    return Array(bytes.dropLast(4))
  }

  /// Whether the checksum of elements is `stored`.
  static func isChecksum(_ stored: UInt32, of elements: UnsafeRawBufferPointer) -> Bool {
    st_h5_is_checksum(stored, Fletcher32.checksum(elements)) != 0
  }

  /// Bytes of which each element's first stood together, then each one's second, and so on.
  private static func unshuffled(_ bytes: [UInt8], _ elementSize: Int) -> [UInt8] {
    let count = bytes.count / elementSize
    guard elementSize > 1, count > 1 else { return bytes }
    var result = bytes
    for place in 0..<elementSize {
      for element in 0..<count {
        result[element * elementSize + place] = bytes[place * count + element]
      }
    }
    return result
  }

  private static func inflated(_ bytes: [UInt8], size: Int) throws(Problem) -> [UInt8] {
    // Deflate's limit, before memory is taken for what a file says.
    guard size <= 1032 * bytes.count + 64 else {
      throw .malformed("one of its chunks is too short for its elements")
    }
    guard let decompressor = libdeflate_alloc_decompressor() else { throw .system(.noMemory) }
    defer { libdeflate_free_decompressor(decompressor) }
    var isWhole = false
    let result = [UInt8](unsafeUninitializedCapacity: size) { buffer, initialized in
      var written = 0
      let code = bytes.withUnsafeBytes {
        libdeflate_zlib_decompress(
          decompressor, $0.baseAddress, $0.count, buffer.baseAddress, size, &written)
      }
      isWhole = code == LIBDEFLATE_SUCCESS && written == size
      initialized = isWhole ? size : 0
    }
    if !isWhole { throw .checksum }
    return result
  }
}
