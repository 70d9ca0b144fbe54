import Random

/// The random numbers of one image: for every part of the picture its own, whatever the others are.
///
/// A number is a function of (seed, image, part), so that an image is the same in a folder of ten and
/// of ten thousand, and a new part leaves the old ones as they were.
struct Draws {
  let seed: UInt64
  let image: UInt32

  /// What a number decides; the raw value is its place in the generator's counter: never renumber.
  enum Part: UInt8 {
    case timeOfDay, side, skyBody, skyBodyHeight, skyTurn, clouds, cloudPlace, stars
    case backdrop, backdropShape, ground, horizon
    case potShape, potColor, potWidth, potHeight, band, bandColor, potPlace
    case flowerKind, petalColor, petalTurn, centerColor, petalCount
    case flowerCount, flowerSize, stemHeight, lean, flowerPlace, flowerTurn
    case foliage, green, leafPlace
  }

  /// A number in 0 ..< 1; `number` tells several of one part apart.
  func uniform(_ part: Part, _ number: Int = 0) -> Double {
    let site = Int(part.rawValue)
    let stream = RandomStream(seed: seed, purpose: .drawing, index: Int(image), site: site)
    return Double(stream.uniform(at: number))
  }

  /// A number in `range`.
  func value(_ part: Part, _ number: Int = 0, in range: ClosedRange<Double>) -> Double {
    mix(range.lowerBound, range.upperBound, uniform(part, number))
  }

  /// One of the kinds that there are, each as likely as the others.
  func pick<Kind: CaseIterable>(_ part: Part, of kinds: Kind.Type = Kind.self) -> Kind {
    let all = Array(Kind.allCases)
    return all[Int(uniform(part) * Double(all.count))]
  }

  /// One of `choices`, by weight.
  func pick<Kind>(_ part: Part, from choices: [(Kind, weight: Double)]) -> Kind {
    var left = uniform(part) * choices.reduce(0) { $0 + $1.weight }
    for choice in choices.dropLast() {
      if left < choice.weight { return choice.0 }
      left -= choice.weight
    }
    return choices[choices.count - 1].0
  }
}
