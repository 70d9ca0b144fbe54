import DrawData
import Testing

/// The drawn pictures of paper and screens.
@Suite struct PageTests {
  private let size = 96

  private func pixels(_ image: UInt32, seed: UInt64 = 3) -> [UInt8] {
    Page(seed: seed, image: image).pixels(size: size)
  }

  @Test func `a picture follows from its seed and index`() {
    #expect(pixels(5).count == size * size * 3)
    #expect(pixels(5) == pixels(5))
    #expect(pixels(5) != pixels(6))
    #expect(pixels(5) != pixels(5, seed: 4))
  }

  @Test func `most pixels are as the one beside them, and some are black or white`() {
    var (flat, ends, all) = (0, 0, 0)
    for image in 0..<20 {
      let pixels = pixels(UInt32(image))
      for y in 0..<size {
        for x in 1..<size {
          let at = (y * size + x) * 3
          all += 1
          if pixels[at..<(at + 3)] == pixels[(at - 3)..<at] { flat += 1 }
          if pixels[at..<(at + 3)].allSatisfy({ $0 == 0 || $0 == 255 }) { ends += 1 }
        }
      }
    }
    #expect(flat * 10 > all * 6, "\(flat) of \(all)")
    #expect(ends * 4 > all, "\(ends) of \(all)")
    #expect(flat < all && ends < all)
  }
}
