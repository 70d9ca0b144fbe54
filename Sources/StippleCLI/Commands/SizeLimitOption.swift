import ArgumentParser
import Stipple

/// How large images may be, as a flag of every command that reads them.
struct SizeLimitOption: ParsableArguments {
  @Option(
    help: ArgumentHelp("Largest image, in pixels. (default: 268435456)", valueName: "pixels"))
  var maxPixels: Int?

  func validate() throws { try check(.maxPixels, maxPixels) }
}
