import ArgumentParser
import Stipple

/// A section of a command's help.
protocol HelpSection {
  static var title: String { get }
}

/// The section of options for images.
enum ImagesSection: HelpSection {
  static let title = "Images"
}

/// How images that are denoised or edited are read and written, as flags.
struct PictureOptions<Section: HelpSection>: ParsableArguments {
  @OptionGroup(title: Section.title) var images: ImageOptions
  @OptionGroup(title: "Advanced") var limit: SizeLimitOption

  /// The everyday ones.
  struct ImageOptions: ParsableArguments {
    @Option(help: .text("Bits per sample of the results; auto keeps the input's.", "BITS"))
    var depth = PictureSettings.Depth.auto

    @Flag(help: "Strip metadata: color profile, Exif, resolution, text and so on.")
    var strip = false

    @Flag(help: "Convert color images to grayscale for a grayscale model.")
    var convert = false
  }

  /// The names of those that are given.
  var given: [String] {
    let all = [
      ("depth", images.depth != .auto), ("strip", images.strip), ("convert", images.convert),
      ("max-pixels", limit.maxPixels != nil),
    ]
    return all.filter(\.1).map(\.0)
  }

  /// Says what has no effect with a model.
  func remark(for model: DiffusionModel) {
    if images.convert, model.configuration.channels > 1 {
      Console.note("--convert: has no effect: the model makes color images")
    }
  }

  /// The settings that these are.
  var settings: PictureSettings {
    var settings = PictureSettings()
    settings.depth = images.depth
    settings.stripsMetadata = images.strip
    settings.convertsColor = images.convert
    settings.maxPixels = limit.maxPixels
    return settings
  }
}

extension PictureSettings.Depth: @retroactive ExpressibleByArgument {}
