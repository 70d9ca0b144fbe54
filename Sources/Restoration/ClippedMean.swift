import Foundation

/// By how much noise that was cut off at one end raises or lowers the mean, in standard deviations of what is left of it.
///
/// Of normal noise about a tone of a standard deviations above black, the part p = Phi(-a) is cut off; the rest has the mean
/// a Phi(a) + phi(a), and the mean square (1 + a^2) Phi(a) + a phi(a).
struct ClippedMean {
  private let parts: [Float]
  private let shifts: [Float]

  /// A table of both for tones from 3.5 standard deviations on this side of the end to 1.5 beyond it.
  static let table = ClippedMean()

  private init() {
    var (parts, shifts): ([Float], [Float]) = ([0], [0])
    for tone in stride(from: 3.5, through: -1.5, by: -0.05) {
      let kept = erfc(-tone / 2.0.squareRoot()) / 2
      let density = exp(-tone * tone / 2) / (2 * Double.pi).squareRoot()
      let mean = tone * kept + density
      let variance = (1 + tone * tone) * kept + tone * density - mean * mean
      parts.append(Float(1 - kept))
      shifts.append(Float((mean - tone) / variance.squareRoot()))
    }
    (self.parts, self.shifts) = (parts, shifts)
  }

  /// The shift where a part of the samples was cut off.
  func shift(clipped part: Float) -> Float {
    guard let above = parts.firstIndex(where: { $0 > part }) else {
      return shifts[shifts.count - 1]
    }
    if above == 0 { return 0 }
    let share = (part - parts[above - 1]) / (parts[above] - parts[above - 1])
    return shifts[above - 1] + share * (shifts[above] - shifts[above - 1])
  }
}
