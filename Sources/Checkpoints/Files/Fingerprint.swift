package import Files
internal import Images
package import PNGCodec
package import SystemPackage

/// A short name for a network's weights, or for pixels: equal for equal weights at the same step, and else
/// different but for a chance of 1 in 2^64.
package enum Fingerprint {
  /// 16 hexadecimal digits of a hash over names, values and `step`, whatever the tensors' order.
  package static func text(of tensors: [NamedTensor], step: Int) -> String {
    var hash = SplitMix64.mixed(UInt64(bitPattern: Int64(step)) &+ 0x9e37_79b9_7f4a_7c15)
    for tensor in tensors {
      var part: UInt64 = 0xcbf2_9ce4_8422_2325
      for byte in tensor.name.utf8 { part = add(part, UInt32(byte)) }
      tensor.read { values in
        for value in values { part = add(part, value.bitPattern) }
      }
      hash &+= SplitMix64.mixed(part)
    }
    return digits(hash)
  }

  /// 16 hexadecimal digits of a hash over bytes.
  package static func text(of bytes: [UInt8]) -> String { digits(FNV1a.hash(bytes)) }

  /// 16 hexadecimal digits of a hash over a file's bytes.
  package static func text(ofFile path: FilePath) throws(FileError) -> String {
    digits(try FNV1a.hash(ofFile: path))
  }

  /// 16 hexadecimal digits of a hash over an image's samples: those of 8 bits where it has no more.
  package static func text(of image: DeepImage, bits: Int) -> String {
    bits == 8
      ? text(of: image.narrowed.pixels)
      : text(of: image.pixels.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] })
  }

  private static func digits(_ hash: UInt64) -> String {
    let digits = String(SplitMix64.mixed(hash), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// FNV-1a over words instead of bytes, with the upper half brought down.
  private static func add(_ hash: UInt64, _ word: UInt32) -> UInt64 {
    let product = (hash ^ UInt64(word)) &* 0x100_0000_01b3
    return product ^ (product >> 32)
  }
}
