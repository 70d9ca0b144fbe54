import ArgumentParser
import Stipple

/// How pictures that are denoised or edited are read and written, as flags.
struct PictureOptions: ParsableArguments {
  @Option(help: "Bits per sample of the results: 8, 16, or auto, as the input has.")
  var depth = PictureSettings.Depth.auto

  @Flag(help: "Leave out what pictures carry: color profile, Exif, resolution, text and so on.")
  var strip = false

  @Flag(help: "Convert color images to grayscale for a grayscale model.")
  var convert = false

  @OptionGroup var limit: SizeLimitOption

  /// The settings that these are.
  var settings: PictureSettings {
    var settings = PictureSettings()
    settings.depth = depth
    settings.stripsMetadata = strip
    settings.convertsColor = convert
    settings.maxPixels = limit.maxPixels
    return settings
  }
}

extension PictureSettings.Depth: ExpressibleByArgument {}
