import ArgumentParser

/// How large images may be, as a flag of every command that reads them.
struct SizeLimitOption: ParsableArguments {
  @Option(
    help: ArgumentHelp("Largest image, in pixels. (default: 268435456)", valueName: "pixels"))
  var maxPixels: Int?

  func validate() throws {
    if let maxPixels, maxPixels < 1 {
      throw ValidationError("--max-pixels: \(maxPixels) is not at least 1")
    }
  }
}
