internal import PNGCodec
internal import Stipple
internal import SystemPackage

/// Bytes as the settings of a training run, and the run's plan that follows.
struct SettingsInput {
  private let folder: FilePath
  private let path: FilePath

  init(_ bytes: [UInt8], in folder: FilePath) throws {
    self.folder = folder
    path = folder.appending("input.yaml")
    try Scratch.write(bytes, to: path)
  }

  func read() throws -> Bool {
    guard let settings = try? TrainingSettings(yaml: path) else { return false }
    let image = folder.appending("image.png")
    if (try? PNGReader.header(of: image)) == nil {
      try PNGWriter.write(
        PixelImage(width: 8, height: 8, format: .rgb, filledWith: 7), to: image)
    }
    let run = RunFolder(folder.appending("run"))
    guard let plan = try? TrainingPlan(inputs: [image], run: run, settings: settings) else {
      return true
    }
    precondition(!plan.summary.isEmpty)
    return true
  }

  static let seeds = [
    "preset: tiny\nsize: 32x32\nfit: crop\nchannels: 3\nbackground: '#ffffff'\nflip: true\n",
    "batch: 16\naccumulate: 2\nsteps: 100\ntime: 20m\nlearning-rate: 2e-4\nrate: cosine\n",
    "warmup: 500\nweight-decay: 0.01\nclip: 1\nema-decay: 0.9999\ndropout: 0.1\nvalidation: 0.05\n",
    "precision: auto\nseed: 0\nthreads: 2\nschedule: linear\ntimesteps: 1000\nbeta-start: 1e-4\n",
    "beta-end: 0.02\ncheckpoint-every: 1000\nsample-every: 1000\nkeep: 3\na: &x [*x]\n",
  ].map { Array($0.utf8) }
}
