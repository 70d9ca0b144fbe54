/// What a petal is painted with: from its root to its tip.
enum PetalColour: String, CaseIterable {
  case white, cream, butter, gold, tangerine, peach, coral, scarlet, crimson, pink, magenta, lilac
  case violet, blue

  /// The colours at the root and at the tip.
  var ramp: (root: Colour, tip: Colour) {
    switch self {
    case .white: (Colour(0.90, 0.03, 110), Colour(0.98, 0.01, 100))
    case .cream: (Colour(0.87, 0.09, 92), Colour(0.95, 0.05, 92))
    case .butter: (Colour(0.84, 0.15, 92), Colour(0.92, 0.14, 100))
    case .gold: (Colour(0.73, 0.17, 65), Colour(0.86, 0.17, 87))
    case .tangerine: (Colour(0.62, 0.20, 40), Colour(0.76, 0.17, 60))
    case .peach: (Colour(0.72, 0.14, 35), Colour(0.87, 0.09, 58))
    case .coral: (Colour(0.60, 0.19, 18), Colour(0.74, 0.16, 30))
    case .scarlet: (Colour(0.48, 0.19, 25), Colour(0.63, 0.23, 28))
    case .crimson: (Colour(0.40, 0.16, 12), Colour(0.54, 0.20, 16))
    case .pink: (Colour(0.66, 0.18, 358), Colour(0.82, 0.11, 352))
    case .magenta: (Colour(0.51, 0.22, 340), Colour(0.66, 0.22, 346))
    case .lilac: (Colour(0.60, 0.15, 308), Colour(0.78, 0.11, 310))
    case .violet: (Colour(0.43, 0.19, 296), Colour(0.58, 0.19, 300))
    case .blue: (Colour(0.46, 0.18, 270), Colour(0.62, 0.16, 264))
    }
  }
}

/// What the middle of an open flower is painted with.
enum CentreColour: String, CaseIterable {
  case lemon, amber, lime, chestnut, plum

  var colour: Colour {
    switch self {
    case .lemon: Colour(0.88, 0.17, 98)
    case .amber: Colour(0.74, 0.17, 68)
    case .lime: Colour(0.78, 0.16, 122)
    case .chestnut: Colour(0.40, 0.09, 52)
    case .plum: Colour(0.33, 0.10, 330)
    }
  }
}

/// What stems and leaves are painted with.
enum Green: String, CaseIterable {
  case fresh, deep, sage, olive, jade

  var colour: Colour {
    switch self {
    case .fresh: Colour(0.67, 0.17, 132)
    case .deep: Colour(0.51, 0.13, 144)
    case .sage: Colour(0.66, 0.08, 148)
    case .olive: Colour(0.58, 0.12, 118)
    case .jade: Colour(0.56, 0.10, 165)
    }
  }
}

/// What the pot, and the band on it, are painted with.
enum Glaze: String, CaseIterable {
  case terracotta, cream, mustard, blush, sage, teal, cobalt, plum, charcoal

  var colour: Colour {
    switch self {
    case .terracotta: Colour(0.60, 0.13, 42)
    case .cream: Colour(0.91, 0.03, 88)
    case .mustard: Colour(0.76, 0.14, 84)
    case .blush: Colour(0.79, 0.08, 12)
    case .sage: Colour(0.72, 0.06, 150)
    case .teal: Colour(0.57, 0.09, 200)
    case .cobalt: Colour(0.45, 0.15, 264)
    case .plum: Colour(0.42, 0.11, 338)
    case .charcoal: Colour(0.42, 0.02, 262)
    }
  }

  /// How strongly it shines: fired earth does not, glaze does.
  var gloss: Double { self == .terracotta ? 0.06 : 0.45 }
}

/// What the pot stands on.
enum Ground: String, CaseIterable {
  case oak, walnut, linen, slate, meadow, sand

  var colour: Colour {
    switch self {
    case .oak: Colour(0.70, 0.09, 68)
    case .walnut: Colour(0.48, 0.07, 50)
    case .linen: Colour(0.88, 0.02, 85)
    case .slate: Colour(0.56, 0.025, 255)
    case .meadow: Colour(0.62, 0.13, 132)
    case .sand: Colour(0.82, 0.07, 80)
    }
  }
}
