/// What a petal is painted with: from its root to its tip.
enum PetalColor: String, CaseIterable {
  case white, cream, butter, gold, tangerine, peach, coral, scarlet, crimson, pink, magenta, lilac
  case violet, blue

  /// The colors at the root and at the tip.
  var ramp: (root: Color, tip: Color) {
    switch self {
    case .white: (Color(0.90, 0.03, 110), Color(0.98, 0.01, 100))
    case .cream: (Color(0.87, 0.09, 92), Color(0.95, 0.05, 92))
    case .butter: (Color(0.84, 0.15, 92), Color(0.92, 0.14, 100))
    case .gold: (Color(0.73, 0.17, 65), Color(0.86, 0.17, 87))
    case .tangerine: (Color(0.62, 0.20, 40), Color(0.76, 0.17, 60))
    case .peach: (Color(0.72, 0.14, 35), Color(0.87, 0.09, 58))
    case .coral: (Color(0.60, 0.19, 18), Color(0.74, 0.16, 30))
    case .scarlet: (Color(0.48, 0.19, 25), Color(0.63, 0.23, 28))
    case .crimson: (Color(0.40, 0.16, 12), Color(0.54, 0.20, 16))
    case .pink: (Color(0.66, 0.18, 358), Color(0.82, 0.11, 352))
    case .magenta: (Color(0.51, 0.22, 340), Color(0.66, 0.22, 346))
    case .lilac: (Color(0.60, 0.15, 308), Color(0.78, 0.11, 310))
    case .violet: (Color(0.43, 0.19, 296), Color(0.58, 0.19, 300))
    case .blue: (Color(0.46, 0.18, 270), Color(0.62, 0.16, 264))
    }
  }
}

/// What the middle of an open flower is painted with.
enum CenterColor: String, CaseIterable {
  case lemon, amber, lime, chestnut, plum

  var color: Color {
    switch self {
    case .lemon: Color(0.88, 0.17, 98)
    case .amber: Color(0.74, 0.17, 68)
    case .lime: Color(0.78, 0.16, 122)
    case .chestnut: Color(0.40, 0.09, 52)
    case .plum: Color(0.33, 0.10, 330)
    }
  }
}

/// What stems and leaves are painted with.
enum Green: String, CaseIterable {
  case fresh, deep, sage, olive, jade

  var color: Color {
    switch self {
    case .fresh: Color(0.67, 0.17, 132)
    case .deep: Color(0.51, 0.13, 144)
    case .sage: Color(0.66, 0.08, 148)
    case .olive: Color(0.58, 0.12, 118)
    case .jade: Color(0.56, 0.10, 165)
    }
  }
}

/// What the pot, and the band on it, are painted with.
enum Glaze: String, CaseIterable {
  case terracotta, cream, mustard, blush, sage, teal, cobalt, plum, charcoal

  var color: Color {
    switch self {
    case .terracotta: Color(0.60, 0.13, 42)
    case .cream: Color(0.91, 0.03, 88)
    case .mustard: Color(0.76, 0.14, 84)
    case .blush: Color(0.79, 0.08, 12)
    case .sage: Color(0.72, 0.06, 150)
    case .teal: Color(0.57, 0.09, 200)
    case .cobalt: Color(0.45, 0.15, 264)
    case .plum: Color(0.42, 0.11, 338)
    case .charcoal: Color(0.42, 0.02, 262)
    }
  }

  /// How strongly it shines: fired earth does not, glaze does.
  var gloss: Double { self == .terracotta ? 0.06 : 0.45 }
}

/// What the pot stands on.
enum Ground: String, CaseIterable {
  case oak, walnut, linen, slate, meadow, sand

  var color: Color {
    switch self {
    case .oak: Color(0.70, 0.09, 68)
    case .walnut: Color(0.48, 0.07, 50)
    case .linen: Color(0.88, 0.02, 85)
    case .slate: Color(0.56, 0.025, 255)
    case .meadow: Color(0.62, 0.13, 132)
    case .sand: Color(0.82, 0.07, 80)
    }
  }
}
