internal import HDF5

/// Images in [-1, 1] as the bytes of a file.
enum ElementCoding {
  /// Pixels are 127.5 (x + 1): readers that follow the CF conventions undo it with these attributes.
  static let pixelScale = 1 / 127.5
  static let pixelOffset = -1.0

  /// Writes `values` as the file holds them; `bytes` is as long as they become.
  static func encode(
    _ values: UnsafeBufferPointer<Float>, as type: ElementType,
    into bytes: UnsafeMutableRawBufferPointer
  ) {
    precondition(bytes.count == values.count * type.byteCount, "a buffer of another size")
    switch type {
    case .float32: bytes.copyMemory(from: UnsafeRawBufferPointer(values))
    case .float16: Half.convert(values, into: bytes.bindMemory(to: UInt16.self))
    case .uint8: for i in values.indices { bytes[i] = pixel(values[i]) }
    default: preconditionFailure("images are not stored as \(type)")
    }
  }

  /// The pixel nearest to `value`; 0 for what is not a number.
  private static func pixel(_ value: Float) -> UInt8 {
    UInt8(min(255, max(0, ((value + 1) * 127.5).rounded())))
  }

  /// Pixels as numbers in [-1, 1].
  static func values(of pixels: [UInt8]) -> [Float] {
    pixels.map { Float($0) / 127.5 - 1 }
  }
}
