import ArgumentParser
import Stipple
import SystemPackage

/// Image-to-image generation, as flags.
struct FromOptions: ParsableArguments {
  @Option(
    parsing: .upToNextOption,
    help: .text("Image-to-image: PNG files or folders to start from.", "IMAGES..."))
  var from: [FilePath] = []

  @Option(
    help: .text(
      "Image-to-image strength (SDEdit). 1 ignores the image.", "S", range: .strength,
      default: "\(Self.usualStrength)"))
  var strength: Double?

  static let usualStrength = 0.6

  /// Whether images are generated from others.
  var isGiven: Bool { !from.isEmpty }

  func validate() throws {
    guard let strength else { return }
    if !isGiven { throw ValidationError("--strength: needs --from") }
    try check(.strength, strength)
  }
}
