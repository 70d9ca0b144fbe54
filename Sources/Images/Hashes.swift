package import Files
package import SystemPackage

/// The end of Steele, Lea and Flood's generator (2014): all bits depend on all, where FNV's upper ones are poor on short names.
package enum SplitMix64 {
  package static func mixed(_ hash: UInt64) -> UInt64 {
    var z = hash
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return z ^ z >> 31
  }
}

/// Fowler, Noll and Vo's hash, 64 bits.
package enum FNV1a {
  static let basis: UInt64 = 0xcbf2_9ce4_8422_2325

  /// The hash of `bytes`, resuming from that of bytes before.
  package static func hash(_ bytes: some Sequence<UInt8>, from start: UInt64 = basis) -> UInt64 {
    var hash = start
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return hash
  }

  /// The hash of a file's bytes.
  package static func hash(ofFile path: FilePath) throws(FileError) -> UInt64 {
    var value = basis
    try FileCopy.read(path) { value = hash($0, from: value) }
    return value
  }
}
