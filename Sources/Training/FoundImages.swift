internal import Checkpoints
internal import Files
internal import Images
internal import PNGCodec
internal import SystemPackage
internal import Text

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
    func look(leavingOut leavesOut: (PNGHeader) -> Bool) -> Survey {
      Survey(of: found.files, limits: limits, leavingOut: leavesOut, decodingPixels: budget) {
        time.map { (clocks.elapsed() - start) / $0 } ?? 0
      }
    }
    var survey = look(leavingOut: Self.isOwn)
    // Where there are no others, they are meant.
    let isAll = survey.readable.isEmpty && !survey.leftOut.isEmpty
    if isAll { survey = look(leavingOut: { _ in false }) }
    if isStrict, let error = survey.unreadable.first { throw error }
    self.size = try survey.size(requested: size)
    isEmpty = found.files.isEmpty
    readable = survey.readable
    unreadable = survey.unreadable.count + found.unlisted.count
    channels = survey.format.channels
    meanArea = survey.meanArea
    largestArea = survey.largestArea
    facts = ImageFacts(survey)
    if let first = survey.leftOut.first {
      let others = survey.leftOut.count - 1
      leftOut.append(
        "left out \(first.path)\(others == 0 ? "" : " and \(counted(others, "other image"))"), made by stipple; "
          + "to train on \(others == 0 ? "it" : "them"), give no other images")
    }
    notes =
      leftOut + found.unlisted.map { "left out: \($0)" }
      + (found.files.isEmpty ? [] : survey.summary)
      + [settings.flatMap { TrainingPlan.transparency(survey, $0) }].compactMap(\.self)
  }

  /// Whether an image is of Stipple's making, from which a model would learn from itself: a sample, a sheet, a chart. What
  /// is made of an image and stands for it may be trained on.
  private static func isOwn(_ header: PNGHeader) -> Bool {
    Provenance(of: header).map { !["denoise", "inpaint"].contains($0.work) } ?? false
  }
}
