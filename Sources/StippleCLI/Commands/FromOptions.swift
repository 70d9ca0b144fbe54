import ArgumentParser
import Stipple
import SystemPackage

/// Which images new ones are drawn from, and how far from them, as flags.
struct FromOptions: ParsableArguments {
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      """
      Images that new ones are drawn from: files, and folders that are searched recursively. Outputs \
      mirror their folders; images of another size than the network's are scaled until they cover it, \
      and their middle is kept.
      """, valueName: "images"))
  var from: [FilePath] = []

  @Option(
    help: """
      How far new images go from those of --from: the share of the steps that is gone, from as much \
      noise as there is at their beginning (SDEdit, Meng et al. 2022). 1 is all noise. (default: 0.6)
      """)
  var strength: Double?

  /// Whether images are drawn from others.
  var isGiven: Bool { !from.isEmpty }

  func validate() throws {
    guard let strength else { return }
    if !isGiven { throw ValidationError("--strength: needs --from") }
    try check(.strength, strength)
  }
}
