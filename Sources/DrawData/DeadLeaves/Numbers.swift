import Random

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The random numbers of one thing in a picture, in the order in which they are asked for.
struct Numbers {
  private let stream: RandomStream
  private var place = 0

  /// - Parameter thing: which of the picture's things.
  init(seed: UInt64, image: UInt32, thing: Int) {
    stream = RandomStream(
      seed: seed, purpose: .drawing, index: Int(image), step: thing, site: 255)
  }

  /// In 0 ..< 1.
  mutating func uniform() -> Double {
    place += 1
    return Double(stream.uniform(at: place - 1))
  }

  /// In a range.
  mutating func uniform(in range: ClosedRange<Double>) -> Double {
    mix(range.lowerBound, range.upperBound, uniform())
  }

  /// Normal, by Box and Muller's transform.
  mutating func normal() -> Double {
    (-2 * log(1 - uniform())).squareRoot() * cos(2 * .pi * uniform())
  }

  /// A whole number below `count`.
  mutating func index(below count: Int) -> Int { Int(uniform() * Double(count)) }

  /// Yes with a probability.
  mutating func chance(_ probability: Double) -> Bool { uniform() < probability }
}
