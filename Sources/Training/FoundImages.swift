internal import Checkpoints
internal import Files
internal import Images
internal import PNGCodec
internal import SystemPackage

/// The images to train on, and what they are like: found by one process, shared by all.
struct FoundImages: Codable {
  /// Whether there are none, readable or not.
  let isEmpty: Bool
  /// In their order.
  let readable: [ImageFile]
  /// How many are left out.
  let unreadable: Int
  /// To bring them to.
  let size: ImageSize
  /// That suit them.
  let channels: Int
  /// Pixels of one in its file, in the mean.
  let meanArea: Double
  /// Of the largest.
  let largestArea: Int
  /// For people.
  let notes: [String]
  /// What may spoil a training, or be what its user did not mean.
  let facts: ImageFacts

  /// Lists the images of some files and folders and looks at them.
  ///
  /// - Parameters:
  ///   - run: is not searched.
  ///   - size: to bring them to; nil for the one that all have.
  ///   - showsTransparency: settings under which their transparency is worth a word.
  ///   - time: how long they are looked into; nil for as long as their budget of pixels lasts.
  init(
    _ inputs: [FilePath], besides run: RunFolder, size: ImageSize?, isStrict: Bool,
    _ limits: PNGLimits, showsTransparency settings: TrainingSettings?, for time: Duration?,
    _ clocks: Clocks
  ) throws {
    var leftOut: [String] = []
    let found = try ImageListing.images(in: inputs, output: run.path) { leftOut.append($0) }
    if isStrict, let error = found.unlisted.first { throw error }
    let start = clocks.elapsed()
    // In a short time images are better spread than many.
    let budget = Survey.standardBudget / (time == nil ? 1 : 8)
    let survey = Survey(of: found.files, limits: limits, decodingPixels: budget) {
      time.map { (clocks.elapsed() - start) / $0 } ?? 0
    }
    if isStrict, let error = survey.unreadable.first { throw error }
    self.size = try survey.size(requested: size)
    isEmpty = found.files.isEmpty
    readable = survey.readable
    unreadable = survey.unreadable.count + found.unlisted.count
    channels = survey.format.channels
    meanArea = survey.meanArea
    largestArea = survey.largestArea
    facts = ImageFacts(survey)
    notes =
      leftOut + found.unlisted.map { "left out: \($0)" }
      + (found.files.isEmpty ? [] : survey.summary)
      + [settings.flatMap { TrainingPlan.transparency(survey, $0) }].compactMap(\.self)
  }
}
