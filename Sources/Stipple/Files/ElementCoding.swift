internal import HDF5

/// Images in [-1, 1] as the bytes of a file.
enum ElementCoding {
  /// Pixels are 127.5 (x + 1): readers that follow the CF conventions undo it with these attributes.
  static let pixelScale = 1 / 127.5
  static let pixelOffset = -1.0

  /// Adds the bytes of `values` to `bytes`.
  static func append(
    _ values: UnsafeBufferPointer<Float>, as type: ElementType, to bytes: inout [UInt8]
  ) {
    switch type {
    case .float32:
      bytes += UnsafeRawBufferPointer(values)
    case .float16:
      let halves = [UInt16](unsafeUninitializedCapacity: values.count) { halves, count in
        Half.convert(values, into: .init(rebasing: halves[..<values.count]))
        count = values.count
      }
      halves.withUnsafeBytes { bytes += $0 }
    default:
      bytes += values.lazy.map(pixel)
    }
  }

  /// The pixel nearest to `value`; 0 for what is no number.
  private static func pixel(_ value: Float) -> UInt8 {
    UInt8(min(255, max(0, ((value + 1) * 127.5).rounded())))
  }

  /// Pixels as numbers in [-1, 1].
  static func values(of pixels: [UInt8]) -> [Float] {
    pixels.map { Float($0) / 127.5 - 1 }
  }
}
