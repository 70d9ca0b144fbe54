/// Everything that makes one picture: the parts that a person would name.
struct Factors {
  let timeOfDay: TimeOfDay
  let side: Side
  let skyBody: Bool
  let clouds: Int
  let backdrop: Backdrop
  let ground: Ground

  let potShape: PotShape
  let potColour: Glaze
  let band: Band
  let bandColour: Glaze

  let flower: FlowerKind
  let petalColour: PetalColour
  let centreColour: CentreColour
  let petals: Int
  let flowers: Int
  /// How high the flowers stand, 0 … 1, and how far they lean to the right, -1 … 1.
  let stemHeight, lean: Double
  let foliage: Foliage
  let green: Green

  /// The factors of one image, each drawn on its own.
  init(_ draws: Draws) {
    timeOfDay = draws.pick(
      .timeOfDay,
      from: [(.dawn, 1), (.day, 1.5), (.gold, 1), (.dusk, 1), (.night, 0.8)])
    side = draws.pick(.side)
    skyBody = draws.uniform(.skyBody) < 0.65
    clouds = draws.pick(.clouds, from: [(0, 3), (1, 3), (2, 2)])
    backdrop = draws.pick(.backdrop, from: [(.open, 2), (.hills, 2), (.mountains, 1)])
    ground = draws.pick(.ground)

    potShape = draws.pick(.potShape)
    let potColour: Glaze = draws.pick(.potColour)
    self.potColour = potColour
    band = draws.pick(.band, from: [(.none, 2), (.stripe, 1), (.twoStripes, 1), (.dots, 1), (.zigzag, 1)])
    let others = Glaze.allCases.filter { $0 != potColour }
    bandColour = others[Int(draws.uniform(.bandColour) * Double(others.count))]

    flower = draws.pick(.flowerKind)
    petalColour = draws.pick(.petalColour)
    centreColour = draws.pick(.centreColour)
    let counts = flower.petalCounts
    petals = counts[Int(draws.uniform(.petalCount) * Double(counts.count))]
    flowers = draws.pick(.flowerCount, from: [(1, 1.2), (2, 0.8), (3, 1)])
    stemHeight = draws.uniform(.stemHeight)
    lean = draws.value(.lean, in: -1...1)
    foliage = draws.pick(.foliage)
    green = draws.pick(.green)
  }
}

/// Left or right.
enum Side: String, CaseIterable {
  case left, right

  /// -1 or 1, as x counts.
  var sign: Double { self == .left ? -1 : 1 }
}

/// What lies between the ground and the sky.
enum Backdrop: String, CaseIterable {
  case open, hills, mountains
}

/// The silhouette of the pot.
enum PotShape: String, CaseIterable {
  case classic, cylinder, bowl, urn, box
}

/// The ornament on the pot.
enum Band: String, CaseIterable {
  case none, stripe, twoStripes = "two-stripes", dots, zigzag
}

/// How the plant bears its leaves.
enum Foliage: String, CaseIterable {
  case almond, round, blade, bushy
}

/// The kind of flower.
enum FlowerKind: String, CaseIterable {
  case daisy, blossom, sunflower, tulip, rose, lily, dahlia

  /// How many petals it may have in its outermost ring.
  var petalCounts: [Int] {
    switch self {
    case .daisy: [9, 11, 13]
    case .blossom: [4, 5, 6]
    case .sunflower: [12, 14, 16]
    case .tulip: [3, 5]
    case .rose: [5, 6]
    case .lily: [5, 6]
    case .dahlia: [8, 10, 12]
    }
  }
}
