/// The elements and axes of a dataset or attribute, as a file describes them.
struct StoredType: Equatable {
  /// What the elements are.
  let element: ElementType
  /// Bytes of one.
  let size: Int
  let isBigEndian: Bool
  /// Whether texts are filled up with blanks.
  let isPaddedWithBlanks: Bool

  /// Reads a datatype message.
  init(_ body: ArraySlice<UInt8>) throws(Problem) {
    var reader = ByteReader(body)
    let start = try reader.byte()
    let bits = try reader.number(3)
    size = try reader.size(4)
    guard size > 0 else { throw .malformed("its elements have no bytes") }
    var element = ElementType.other
    var isBigEndian = false
    switch start & 15 {
    case 0 where [1, 2, 4, 8].contains(size):
      isBigEndian = bits & 1 != 0
      if try reader.number(2) == 0, try reader.size(2) == 8 * size {
        element = .integer(bits: 8 * size, signed: bits & 8 != 0)
      }
    case 1 where [2, 4, 8].contains(size):
      isBigEndian = bits & 1 != 0
      // Offset, bits; place and width of the exponent, of the mantissa; bias: the IEEE's.
      let fields = try reader.take(12)
      let expected: [Int: [UInt8]] = [
        2: [0, 0, 16, 0, 10, 5, 0, 10, 15, 0, 0, 0], 4: [0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0],
        8: [0, 0, 64, 0, 52, 11, 0, 52, 0xff, 3, 0, 0],
      ]
      let isNormalized = bits & 0x40 == 0 && bits >> 4 & 3 == 2
      if isNormalized, bits >> 8 & 255 == UInt64(8 * size - 1), Array(fields) == expected[size] {
        element = .float(bits: 8 * size)
      }
    case 3: element = .text(bytes: size)
    case 8 where size == 1: element = .integer(bits: 8, signed: true)
    case 9 where bits & 15 == 1 && size == 16: element = .variableText
    default: break
    }
    self.element = element
    self.isBigEndian = isBigEndian
    isPaddedWithBlanks = start & 15 == 3 && bits & 15 == 2
  }

  /// Reads a dataspace message: the lengths of the axes, which fit into an Int together where that is possible.
  static func shape(
    _ body: ArraySlice<UInt8>
  ) throws(Problem) -> (now: [Int], most: [UInt64], isPossible: Bool) {
    var reader = ByteReader(body)
    let version = try reader.version(1, 2)
    let rank = try reader.size(1)
    let flags = try reader.byte()
    let type = try reader.byte()
    if version == 1 { try reader.skip(4) }
    if version == 2, type == 2 { return ([0], [0], true) }
    guard rank <= 32 else { throw .malformed("it has \(rank) axes") }
    var extent: [UInt64] = []
    for _ in 0..<rank { extent.append(try reader.number(8)) }
    var most = extent
    if flags & 1 != 0 {
      for axis in 0..<rank {
        most[axis] = try reader.number(8)
        if most[axis] < extent[axis] { throw .malformed("it is longer than it can become") }
      }
    }
    var count = 1
    for length in extent {
      let (product, overflow) = count.multipliedReportingOverflow(by: Int(clamping: length))
      if overflow || product > 1 << 48 { return (extent.map { Int(clamping: $0) }, most, false) }
      count = max(1, product)
    }
    return (extent.map { Int($0) }, most, true)
  }
}
