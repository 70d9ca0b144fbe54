/// Noise that is known: `gaussian:25`, `poisson:0.02`, or both with a plus between them.
///
/// `gaussian:S` has the standard deviation S on the 0-255 scale. `poisson:P` has the variance P x for images x on a
/// scale of 0 to 1: that of counted photons, of which white has 1 / P.
public struct KnownNoise: Equatable, Sendable {
  /// The standard deviation in black, in gray levels of 255; nil where there is Poisson noise alone.
  public var sigma: Double?
  /// By how much the variance grows with each gray level; nil where it does not.
  public var gain: Double?

  /// Reads it; nil for anything else.
  public init?(_ text: String) {
    for part in text.split(separator: "+", omittingEmptySubsequences: false) {
      let words = part.split(separator: ":", omittingEmptySubsequences: false)
      guard words.count == 2, let value = Double(words[1]), value > 0, value.isFinite else {
        return nil
      }
      switch words[0] {
      case "gaussian" where sigma == nil: sigma = value
      case "poisson" where gain == nil: gain = 255 * value
      default: return nil
      }
    }
  }
}
