internal import CKernels

extension RandomStream {
  /// Word `position` of the stream.
  package func word(at position: Int = 0) -> UInt32 {
    precondition(position >= 0 && position < 1 << 34, "a random stream has no word \(position)")
    let block = st_philox4x32_10(UInt32(position / 4), key).word
    switch position % 4 {
    case 0: return block.0
    case 1: return block.1
    case 2: return block.2
    default: return block.3
    }
  }

  /// Number `position` of the stream, uniform in [0, 1): what `fillUniform` writes there.
  package func uniform(at position: Int = 0) -> Float { st_uniform(word(at: position)) }

  /// Number `position` of the stream, standard normal: what `fillNormal` writes there.
  package func normal(at position: Int = 0) -> Float { normals(1, from: position)[0] }

  /// A whole number from 0 to `bound - 1`, of words 2 `position` and 2 `position` + 1.
  ///
  /// The 64 bits of the two words are scaled to the bound (Lemire 2019, without rejection): no
  /// number is likelier than another by more than `bound` parts in 2^64.
  package func integer(below bound: Int, at position: Int = 0) -> Int {
    precondition(bound > 0, "there is no whole number from 0 to \(bound - 1)")
    return scaled(word(at: 2 * position), word(at: 2 * position + 1), below: bound)
  }

  /// The numbers 0 to `count - 1` in random order (Fisher and Yates; Durstenfeld 1964).
  package func permutation(of count: Int) -> [Int] {
    var order = Array(0..<count)
    let bits = words(2 * count)
    for i in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(i, scaled(bits[2 * i], bits[2 * i + 1], below: i + 1))
    }
    return order
  }

  private func scaled(_ low: UInt32, _ high: UInt32, below bound: Int) -> Int {
    let bits = UInt64(high) << 32 | UInt64(low)
    return Int(bits.multipliedFullWidth(by: UInt64(bound)).high)
  }
}

extension RandomStream {
  /// The order in which epoch `epoch` visits `count` images: a pure function of seed and epoch.
  package static func shuffledOrder(of count: Int, seed: UInt64, epoch: Int) -> [Int] {
    RandomStream(seed: seed, purpose: .shuffle, index: 0, step: epoch).permutation(of: count)
  }
}
