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
