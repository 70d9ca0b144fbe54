/// IEEE binary16 numbers, converted by loops that compilers turn into vector code: the C library
/// needs 100 ns for one.
package enum Half {
  /// The nearest half of each number, ties to even; too large ones become infinite.
  package static func convert(
    _ values: UnsafeBufferPointer<Float>, into halves: UnsafeMutableBufferPointer<UInt16>
  ) {
    precondition(values.count == halves.count)
    for i in 0..<values.count { halves[i] = bits(values[i]) }
  }

  /// Each half as a float, which is exact.
  package static func convert(
    _ halves: UnsafeBufferPointer<UInt16>, into values: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(values.count == halves.count)
    for i in 0..<halves.count { values[i] = float(halves[i]) }
  }

  /// After "float_to_half_fast3_rtne" by Fabian Giesen (public domain).
  @inline(__always)
  static func bits(_ value: Float) -> UInt16 {
    let sign = value.bitPattern & 0x8000_0000
    let magnitude = value.bitPattern ^ sign
    // 0.5 pushes the bits below the smallest subnormal half out of a float's mantissa.
    let half: UInt32 = 126 << 23
    let subnormal =
      (Float(bitPattern: magnitude) + Float(bitPattern: half)).bitPattern &- half
    // A new exponent bias, and rounding up of all that is more than half a unit.
    let normal =
      (magnitude &- (112 << 23) &+ 0xfff &+ ((magnitude >> 13) & 1)) >> 13
    let infinite: UInt32 = magnitude > 255 << 23 ? 0x7e00 : 0x7c00
    let finite = magnitude < 113 << 23 ? subnormal : normal
    let result = magnitude >= 143 << 23 ? infinite : finite
    return UInt16(truncatingIfNeeded: result | sign >> 16)
  }

  @inline(__always)
  static func float(_ half: UInt16) -> Float {
    let magnitude = UInt32(half & 0x7fff) << 13
    let exponent = magnitude & (0x7c00 << 13)
    let normal = Float(bitPattern: magnitude &+ (112 << 23))
    let infinite = Float(bitPattern: magnitude &+ (224 << 23))
    let subnormal =
      Float(bitPattern: magnitude &+ (113 << 23)) - Float(bitPattern: UInt32(113 << 23))
    let finite = exponent == 0 ? subnormal : normal
    let result = exponent == 0x7c00 << 13 ? infinite : finite
    return Float(bitPattern: result.bitPattern | UInt32(half & 0x8000) << 16)
  }
}
