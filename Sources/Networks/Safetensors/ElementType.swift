/// The element types of safetensors that a network's weights may have.
package enum ElementType: String, CaseIterable, Sendable {
  case float64 = "F64"
  case float32 = "F32"
  case float16 = "F16"
  case bfloat16 = "BF16"

  /// Bytes of an element.
  package var size: Int {
    switch self {
    case .float64: 8
    case .float32: 4
    case .float16, .bfloat16: 2
    }
  }

  /// Elements in little-endian order as single precision, each rounded to nearest.
  func floats(_ bytes: [UInt8]) -> [Float] {
    bytes.withUnsafeBytes { source in
      let count = source.count / size
      func load<Word: FixedWidthInteger>(_ index: Int, as type: Word.Type) -> Word {
        Word(
          littleEndian: source.loadUnaligned(
            fromByteOffset: index * MemoryLayout<Word>.size, as: type))
      }
      return [Float](unsafeUninitializedCapacity: count) { floats, initialized in
        for index in 0..<count {
          let value =
            switch self {
            case .float64: Float(Double(bitPattern: load(index, as: UInt64.self)))
            case .float32: Float(bitPattern: load(index, as: UInt32.self))
            case .float16: Float(Float16(bitPattern: load(index, as: UInt16.self)))
            case .bfloat16: Float(bitPattern: UInt32(load(index, as: UInt16.self)) << 16)
            }
          floats.initializeElement(at: index, to: value)
        }
        initialized = count
      }
    }
  }
}
