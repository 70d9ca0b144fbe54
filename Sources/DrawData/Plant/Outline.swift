#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The silhouette of a petal or a leaf: its half width along its length, at most about 1.
enum Outline {
  /// Widest in the middle, round at both ends.
  case oval
  /// Widest beyond the middle, with a broad round tip.
  case spoon
  /// As the spoon, with a notch in the tip.
  case heart
  /// Nearly as wide all along.
  case ribbon
  /// Widest before the middle, with a point.
  case almond
  /// Widest in the middle, pointed at both ends.
  case lance
  /// Round below, with a blunt point: a cup's petal.
  case cup

  /// The half width at `t` of the length; negative where there is nothing.
  func halfWidth(at t: Double) -> Double {
    guard t > 0, t < 1 else { return -0.1 }
    switch self {
    case .oval: return 2 * (t * (1 - t)).squareRoot()
    case .spoon:
      let u = t * (0.35 + 0.65 * t)
      return 2 * (u * (1 - u)).squareRoot()
    case .heart:
      let u = t * (0.3 + 0.7 * t)
      return 2 * (u * (1 - u)).squareRoot()
    case .ribbon: return min(1, 1.5 * t.squareRoot(), 1.9 * (1 - t).squareRoot())
    case .almond: return 2.6 * t.squareRoot() * (1 - t)
    case .lance: return 4 * t * (1 - t)
    case .cup: return min(1, 1.9 * t.squareRoot(), 1.9 * pow(1 - t, 0.9))
    }
  }

  /// How far the tip is cut in at `s`, across, in half widths.
  func notch(at s: Double) -> Double {
    self == .heart ? 0.16 * max(0, 1 - 2.2 * abs(s)) : 0
  }
}
