package import Sampling

/// What a network is told of an image's noise.
package struct ToldNoise: Sendable {
  /// The standard deviation on the [-1, 1] scale, in black; nil where nothing is known.
  package var level: Double?
  /// By how much the variance grows with each gray level, in gray levels.
  package var gain = 0.0
  /// How many times as strong it is in each block of the image; nil where it is alike all over.
  var factors: [Float]?
  /// The part of what is told that may be taken away in a place, nil for all: more was never there.
  var most: Double?
  /// How surely it is white, so that flat windows show all of it.
  var whiteness = 0.0
}

extension ToldNoise {
  /// What a first look has found.
  ///
  /// What the look leaves in was measured on photographs with noise of many kinds: a tenth, and up to a gray level; up to 1.5
  /// more where neighbors are alike and there is color, as in what cameras make of their sensors' noise. The flattest parts
  /// show most of the whole.
  ///
  /// - Parameters:
  ///   - removed: what a network that was told nothing has taken away.
  ///   - flat: what flat parts show.
  ///   - found: what the flattest windows show.
  ///   - white: the white noise in the image, by an estimate that texture misleads less; of grayscale images.
  package init(_ removed: NoiseEstimate, flat: Double?, _ found: FlatNoise, white: () -> Double) {
    // What edges have in common is no noise.
    let correlation = (removed.correlation ?? 0) * (1 - found.whiteness)
    let isJPEG = removed.hasJPEGGrid == true
    var sigma = removed.sigma
    // Weak noise that looks like texture may be texture. Texture that a network takes for noise is of brightness, and its
    // neighbors are more alike than those of white noise, and less than those of film grain.
    let isOddlyAlike = min((0...0.15).ramp(correlation), 1 - (0.28...0.36).ramp(correlation))
    let doubt = removed.chroma == nil ? 0 : 5 * isOddlyAlike
    let isSure = Self.sure.ramp(sigma - doubt)
    if !isJPEG, let chroma = removed.chroma {
      // White noise has color; texture has little, and so has noise from which JPEG has taken it.
      let colored = 1.5.squareRoot() * chroma
      if colored < sigma { sigma = colored + (sigma - colored) * isSure }
      if isSure < 1, sigma < 0.75 * removed.sigma { most = 1.2 * sigma / (1 - isSure) }
    } else if !isJPEG, isSure < 1 {
      let share = max(isSure, (0.05...0.15).ramp(correlation))
      let white = share < 1 ? white() : 0
      sigma = white + (sigma - white) * share
      if share < 1 { most = 0.9 * white / (1 - share) }
    }
    let isNoise = isJPEG || sigma > 0.75 * removed.sigma
    whiteness = found.whiteness
    let photons = isNoise && !isJPEG ? Self.photons(removed) : nil
    // The flattest windows may be dark ones, where noise of photons is weak.
    if photons == nil { sigma -= whiteness * max(0, sigma - FlatNoise.most * found.sigma) }
    let isCoarse = (0.3...0.5).ramp(correlation)
    let color = (removed.chroma ?? 0) / max(removed.luma ?? 0, 0.001)
    let isColored = (0.4...0.8).ramp(color)
    let more = min(1, sigma) + isCoarse * isColored * min(0.5 * sigma, 1.5)
    var told = 1.1 * sigma + more
    if let flat, 1.2 * flat > told, isNoise {
      told = 1.2 * flat
      most = nil
    } else if isJPEG {
      // JPEG's own errors are no noise that could be told; what cameras have made of theirs is.
      told = min(told, 3 + max(0, told - 3) * (0.15...0.4).ramp(correlation))
    } else if let photons {
      told = 1.1 * photons.read + more
      gain = 1.1 * 1.1 * photons.growth
    }
    told = max(told, Self.least)
    if let most { self.most = most / told }
    level = told / 127.5
  }

  /// The noise of reading, and by how much the variance grows, of noise that is mostly counted photons; of other noise chance
  /// shakes both.
  private static func photons(_ removed: NoiseEstimate) -> (read: Double, growth: Double)? {
    guard let read = removed.readNoise, let growth = removed.gain,
      2 * read * read < removed.sigma * removed.sigma
    else { return nil }
    return (read, growth)
  }

  /// What a first look at a small image has found: no more than what it took away, which may be texture, and no more than
  /// what the flattest part shows.
  init(small removed: NoiseEstimate, floor: Double?) {
    guard let floor, floor < Self.sure.upperBound, removed.hasJPEGGrid != true else { return }
    level = max(min(removed.sigma, floor), Self.least) / 127.5
    most = 1.1
  }

  /// What is known of the noise: no more of it is to be taken away than that, and a half for what is uneven by chance.
  init(known level: Double?, gain: Double) {
    (self.level, self.gain) = (level, gain)
    if level != nil { most = 1.5 }
  }

  /// The least that is told, in gray levels: that of rounding.
  private static let least = 0.3

  /// Gray levels below which what looks like noise may be texture, and above which it is not.
  static let sure = 4.0...8.0
}

extension ClosedRange<Double> {
  /// 0 below the range, 1 above it, and between them within it.
  func ramp(_ value: Double) -> Double {
    (Swift.min(Swift.max(value, lowerBound), upperBound) - lowerBound) / (upperBound - lowerBound)
  }
}
