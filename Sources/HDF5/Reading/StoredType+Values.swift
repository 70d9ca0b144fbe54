// Elements as a file has them, turned into Swift's.
extension StoredType {
  /// Converts numbers; `values` has room for exactly those in `bytes`, which `T` accepts.
  ///
  /// Integers that do not fit become the nearest that does.
  func convert<T: Element>(
    _ bytes: UnsafeRawBufferPointer, into values: UnsafeMutableBufferPointer<T>
  ) {
    precondition(bytes.count == values.count * size, "another number of elements")
    if T.elementType == element, !isBigEndian || size == 1 {
      UnsafeMutableRawBufferPointer(values).copyMemory(from: bytes)
      return
    }
    if element == .float16, T.self == Float.self, !isBigEndian,
      Int(bitPattern: bytes.baseAddress) % 2 == 0
    {
      UnsafeMutableRawBufferPointer(values).withMemoryRebound(to: Float.self) { floats in
        bytes.withMemoryRebound(to: UInt16.self) { Half.convert($0, into: floats) }
      }
      return
    }
    for index in values.indices { values[index] = value(bytes, index * size) }
  }

  private func value<T: Element>(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> T {
    var word: UInt64 = 0
    for place in 0..<size {
      let byte = bytes[offset + (isBigEndian ? place : size - 1 - place)]
      word = word << 8 | UInt64(byte)
    }
    switch element {
    case .float(let bits):
      let number: Double =
        switch bits {
        case 16: Double(Half.float(UInt16(word)))
        case 32: Double(Float(bitPattern: UInt32(word)))
        default: Double(bitPattern: word)
        }
      return T(nearestTo: number)
    case .integer(_, signed: true):
      let shift = UInt64(64 - 8 * size)
      return T(nearestTo: Int64(bitPattern: word << shift) >> Int64(shift))
    default:
      return T(nearestTo: word)
    }
  }

  /// Whether the elements are texts.
  var isText: Bool {
    switch element {
    case .text, .variableText: true
    default: false
    }
  }

  /// The texts in `data`, which are whole elements.
  func texts(_ data: ArraySlice<UInt8>, _ bytes: StoredBytes) throws(Problem) -> [String] {
    var texts: [String] = []
    var heaps: [UInt64: GlobalHeap] = [:]
    var reader = ByteReader(data)
    while reader.remaining >= size {
      let element = try reader.take(size)
      if case .text = self.element {
        let end =
          isPaddedWithBlanks
          ? (element.lastIndex { $0 != 0x20 } ?? element.startIndex - 1) + 1
          : element.firstIndex(of: 0) ?? element.endIndex
        texts.append(String(decoding: element[..<end], as: UTF8.self))
        continue
      }
      var reference = ByteReader(element)
      let length = try reference.size(4)
      let (address, index) = (try reference.address(), Int(try reference.number(4)))
      if length == 0 || address == 0 || address == ByteReader.undefined {
        texts.append("")
        continue
      }
      if heaps[address] == nil { heaps[address] = try GlobalHeap(bytes, at: address) }
      let text = try heaps[address]?.object(index).prefix(length) ?? []
      texts.append(String(decoding: text.prefix { $0 != 0 }, as: UTF8.self))
    }
    return texts
  }
}

/// A heap that texts of any length lie in.
struct GlobalHeap {
  private var objects: [Int: ArraySlice<UInt8>] = [:]

  init(_ bytes: StoredBytes, at address: UInt64) throws(Problem) {
    var start = ByteReader(try bytes.read(at: address, count: 16))
    try start.signature("GCOL")
    _ = try start.version(1)
    try start.skip(3)
    let size = try start.size(8)
    var reader = ByteReader(try bytes.read(at: address, count: size))
    try reader.skip(16)
    while reader.remaining >= 16 {
      let index = try reader.size(2)
      try reader.skip(6)
      let length = try reader.size(8)
      // The rest is free.
      if index == 0 { break }
      objects[index] = try reader.take(length)
      try reader.skip(min(reader.remaining, (8 - length % 8) % 8))
    }
  }

  func object(_ index: Int) throws(Problem) -> ArraySlice<UInt8> {
    guard let object = objects[index] else { throw .malformed("one of its texts is missing") }
    return object
  }
}
