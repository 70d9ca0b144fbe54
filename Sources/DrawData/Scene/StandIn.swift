func standInPhilox(seed: UInt64, image: UInt32, part: UInt32, number: UInt32) -> UInt32 {
  var c0 = number, c1 = part, c2 = image, c3: UInt32 = 9
  var k0 = UInt32(truncatingIfNeeded: seed), k1 = UInt32(seed >> 32)
  for _ in 0..<10 {
    let a = UInt64(c0) * 0xD251_1F53, b = UInt64(c2) * 0xCD9E_8D57
    (c0, c1, c2, c3) = (UInt32(b >> 32) ^ c1 ^ k0, UInt32(truncatingIfNeeded: b), UInt32(a >> 32) ^ c3 ^ k1, UInt32(truncatingIfNeeded: a))
    k0 &+= 0x9E37_79B9; k1 &+= 0xBB67_AE85
  }
  return c0
}
