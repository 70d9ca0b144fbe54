internal import Checkpoints
internal import Files
import Foundation
internal import Images
internal import PNGCodec
internal import Sampling
internal import SystemPackage
internal import Text

/// How near a run's sample images come to real ones: `quality.csv`, a row for each sample sheet.
///
///     step                 steps made
///     sliced_wasserstein   distance of the sheet's images to real ones, times 1000, in the mean of all scales (Karras
///                          et al. 2018, section 5); less is better
///
/// Real ones are at most 128 of those that are held out for validation, or, where these are fewer than 32, of those
/// that are trained on. The samples start from the same noise each time.
package final class SampleQuality {
  static let columns = ["step", "sliced_wasserstein"]
  private static let mostImages = 128
  fileprivate static let fewestHeldOut = 32
  /// How many sheets in a row without a distance that is smaller by 2 % mean that a run has levelled off.
  package static let patience = 5
  private static let leastGain = 0.02

  private let plan: TrainingPlan
  private let file: MetricsFile
  /// A distance for each step that has one.
  private(set) var distances: [(step: Int, distance: Double)]
  private var real: PatchPyramid?
  private let folder: RunFolder
  private let images: Dataset?
  /// Made with the first samples.
  private lazy var nearest = images.flatMap { NearestImages(plan, $0) }

  /// Goes on with a run's file; nil where there is nothing to compare samples with.
  ///
  /// - Parameter images: those that are trained on.
  init?(_ plan: TrainingPlan, _ images: Dataset?, in folder: RunFolder, keepingUpTo step: Int)
    throws
  {
    let isMeasured = Self.obstacle(plan) == nil
    if try !isMeasured && !Folders.exists(folder.quality) { return nil }
    file = try MetricsFile(folder.quality, columns: Self.columns, keepingUpTo: step)
    if !isMeasured { return nil }
    self.plan = plan
    self.images = images
    self.folder = folder
    distances = try Self.rows(folder.quality)
  }

  /// Bytes of what is kept of real images, and of what samples take while they are measured.
  static func bytes(_ plan: TrainingPlan) -> (kept: Double, measuring: Double) {
    if obstacle(plan) != nil { return (0, 0) }
    let size = plan.configuration.images
    let image = PatchPyramid.bytesPerImage(
      channels: plan.configuration.channels, width: size.width, height: size.height)
    let count = min(mostImages, plan.realImages.count)
    return (image * Double(count), image * Double(SampleSheet.count(plan.configuration)))
  }

  /// Why there is nothing to compare; nil where there is.
  private static func obstacle(_ plan: TrainingPlan) -> String? {
    let size = plan.configuration.images
    if plan.configuration.isDenoiser { return "denoisers draw no samples" }
    if plan.settings.sampleEvery == 0 { return "`sample-every` is 0" }
    if plan.realImages.isEmpty { return "no images are given to compare samples with" }
    return min(size.width, size.height) < 16 ? "the images are smaller than 16 pixels" : nil
  }

  /// - Throws: `SettingError` where a run cannot be ended by its samples.
  static func require(_ plan: TrainingPlan) throws(SettingError) {
    if let obstacle = obstacle(plan) { throw SettingError("until-good", cause: obstacle) }
  }

  /// Measures a sheet's images and adds a row.
  ///
  /// - Returns: the distance in a sentence; nil where no real image can be read, or the step has a row.
  func measure(_ samples: [PixelImage], step: Int) throws -> String? {
    if let last = distances.last?.step, last >= step { return nil }
    real = real ?? Self.patches(plan)
    guard let real, let drawn = PatchPyramid(samples, seed: plan.settings.seed) else { return nil }
    let distance = drawn.distance(to: real)
    let before = distances.last
    distances.append((step, distance))
    file.append(step, [distance])
    try nearest?.compare(samples, step: step, in: folder)
    try file.flush(isDurable: true)
    let note = "step \(step): samples, sliced Wasserstein distance \(Readable.number(distance))"
    let lowest = distances.dropLast().map(\.distance).min() ?? .infinity
    return note
      + (before.map {
        distance < lowest
          ? ", the lowest yet" : ", \(Readable.number($0.distance)) at step \($0.step)"
      } ?? " (lower is better)")
  }

  /// Whether the last sheets have come no nearer to real images than the ones before.
  var hasLevelledOff: Bool { Self.hasLevelledOff(distances.map(\.distance)) }

  package static func hasLevelledOff(_ distances: [Double]) -> Bool {
    var (lowest, since) = (Double.infinity, 0)
    for distance in distances {
      if distance < (1 - leastGain) * lowest {
        (lowest, since) = (distance, 0)
      } else {
        since += 1
      }
    }
    return since >= patience
  }

  private static func patches(_ plan: TrainingPlan) -> PatchPyramid? {
    let files = plan.realImages
    // What cannot be read has been told of.
    let images = plan.examples(
      of: evenlySpread(mostImages, of: files.count).map { files[$0] })
    return images.isEmpty ? nil : PatchPyramid(images, seed: plan.settings.seed)
  }

  /// The rows that a file has already.
  private static func rows(_ path: FilePath) throws -> [(step: Int, distance: Double)] {
    String(decoding: try RegularFile.bytes(of: path), as: UTF8.self).split(separator: "\n")
      .compactMap {
        line in
        let cells = line.split(separator: ",")
        guard cells.count == 2, let step = Int(cells[0]), let distance = Double(cells[1]) else {
          return nil
        }
        return (step, distance)
      }
  }
}

extension TrainingPlan {
  /// The images that samples are compared with.
  var realImages: [ImageFile] {
    validation.count < SampleQuality.fewestHeldOut ? training : validation
  }
}
