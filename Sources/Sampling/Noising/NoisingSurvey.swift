internal import Checkpoints
internal import Diffusion
internal import Files
internal import Foundation
internal import Images
internal import PNGCodec

/// What is noised, as all processes of a job know it.
struct NoisingWork: Codable {
  let files: [ImageFile]
  let width: Int
  let height: Int
  let channels: Int
  /// The timesteps that are stored.
  let steps: [Int]
}

/// What a job finds before it reads an image's pixels.
struct NoisingSurvey {
  let work: NoisingWork
  let layout: StepLayout
  /// The schedule as JSON.
  let config: String
  /// What a user should know of each animation.
  let animations: [String]
  /// Why images are left out.
  let failures: [String]

  var files: [ImageFile] { work.files }
  var steps: [Int] { work.steps }
}

extension NoisingJob {
  /// Looks at the images' headers and the settings.
  func survey(_ report: (String) -> Void) throws -> NoisingSurvey {
    try fit.requireFixed()
    var found = try ImageListing.images(in: inputs, output: png, report: report)
    let folders = png.map { [$0] } ?? []
    found.leaveOutRefused(in: folders)
    try ImageListing.checkOutputs(of: found.files, in: folders)
    let survey = Survey(of: found.files, limits: limits, onlyTransparency: true)
    if isStrict, let error = found.unlisted.first { throw error }
    if isStrict, let error = survey.unreadable.first { throw error }
    let size = try survey.size(requested: self.size)
    guard let format = PixelFormat(channels: channels ?? survey.format.channels) else {
      throw SettingError("channels", cause: "images have 1, 3 or 4 channels")
    }
    let schedule = try makeSchedule()
    let steps = try timesteps.timesteps(of: schedule.timesteps)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let leftOut: [any Error] = found.unlisted + survey.unreadable
    return NoisingSurvey(
      work: NoisingWork(
        files: survey.readable, width: size.width, height: size.height,
        channels: format.channels, steps: steps),
      layout: StepLayout(
        images: survey.readable.count, timesteps: steps.map(Double.init),
        alphaBar: steps.map { schedule.alphaBar[$0] }, channels: format.channels,
        height: size.height, width: size.width, element: element.stored),
      config: String(
        decoding: try encoder.encode(["schedule": schedule.configuration]), as: UTF8.self),
      animations: survey.animations, failures: leftOut.map { "\($0)" })
  }

  /// Past which images are refused.
  var limits: PNGLimits { PNGLimits(most: maxPixels) }

  /// The job's pictures; nil where none are wanted.
  func pictures(_ work: NoisingWork) throws -> NoisedPictures? {
    guard let png, let format = PixelFormat(channels: work.channels) else { return nil }
    return NoisedPictures(png, format, work, of: self, try makeSchedule())
  }
}
