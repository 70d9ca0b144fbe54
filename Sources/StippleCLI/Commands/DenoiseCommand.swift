import ArgumentParser
import Foundation
import Stipple
import SystemPackage

/// `stipple denoise`
struct DenoiseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "denoise",
    abstract: "Take noise out of images.",
    discussion: """
      Outputs mirror the folders of the inputs; images that are there already are not made again. \
      Images may have any size: they go through the network in tiles where that is needed.
      """)

  @Argument(help: "A checkpoint, or a run folder, whose newest good checkpoint is taken.")
  var checkpoint: FilePath

  @Argument(help: "Noisy images: files, and folders that are searched recursively.")
  var images: [FilePath]

  @Option(name: .shortAndLong, help: "The folder for the denoised images.")
  var output: FilePath

  @Option(help: "The noise's standard deviation in grey levels of 255. (default: estimated)")
  var sigma: Double?

  @Option(help: "mean: what is left of all that fits, averaged; sample: one image that fits.")
  var method = Denoiser.Method.mean

  @Option(help: "Evaluations of the network for a sample.")
  var steps = 50

  @Option(help: "What added noise, and that of a sample, follow from.")
  var seed: UInt64 = 0

  @Option(help: "The largest side of what the network sees at once. (default: by the network)")
  var tile: Int?

  @Option(
    help: "The most memory that an image may take with its network, such as 500M or 2G.")
  var memory: MemorySize?

  @Option(help: "A folder of the clean images, by the same names: gives PSNR and SSIM.")
  var clean: FilePath?

  @Option(help: "A trial: the images are clean, and noise of this many grey levels is added first.")
  var addNoise: Double?

  @Option(
    help: """
      Where the images with noise added are written: a folder for PNGs, or FILE.h5 for the numbers as \
      they are, neither rounded nor clipped.
      """)
  var noisy: FilePath?

  @OptionGroup var pictures: PictureOptions

  @Flag(help: "Stop at an image that cannot be denoised, instead of leaving it out.")
  var strict = false

  @OptionGroup var common: CommonOptions

  func validate() throws {
    try check(.sigma, sigma)
    try check(.addNoise, addNoise)
    try checkFolder(output, of: "denoised images are written")
    if addNoise != nil && clean != nil {
      throw ValidationError("--clean: the images that noise is added to are the clean ones")
    }
    if noisy != nil && addNoise == nil {
      throw ValidationError("--noisy: needs --add-noise")
    }
    try check(.steps, steps)
    try check(.tile, tile)
  }

  /// Whether the noisy images go to a file of tensors.
  private var noisyIsFile: Bool { noisy?.extension?.lowercased() == "h5" }

  /// Whether results are measured.
  private var isMeasured: Bool { clean != nil || noisy != nil }

  private func checkOutputs() throws {
    var gate = OutputGate(
      overwriting: common.overwrite, images: images + [clean], others: [checkpoint])
    gate.add("-o", output, .folder)
    gate.add("--noisy", noisy, noisyIsFile ? .tensors(.noisy) : .folder)
    if isMeasured { gate.add("-o", qualityFile, .quality, isPart: true) }
    try gate.check()
  }

  private var qualityFile: FilePath { output.appending("quality.csv") }

  func run() throws {
    try checkOutputs()
    let model = try DiffusionModel(checkpoint, weights: common.weights, report: Console.note)
    let denoiser = Denoiser(
      model, method: method, steps: steps, seed: seed, tile: tile,
      precision: common.precision, memoryLimit: memory?.bytes, threads: common.threads)
    var job = DenoisingJob(inputs: images, output: output)
    job.sigma = sigma ?? addNoise
    job.addsNoise = addNoise != nil
    job.noiseSeed = seed
    job.noisy = noisyIsFile ? nil : noisy
    job.noisyFile = noisyIsFile ? noisy : nil
    job.overwrites = common.overwrite
    job.pictures = pictures.settings
    job.isStrict = strict
    if let remark = Denoiser.remark(sigma: sigma, of: .sigma)
      ?? Denoiser.remark(sigma: addNoise, of: .addNoise)
    {
      Console.note(remark)
    }
    if common.dryRun {
      let (count, missing) = try job.survey(denoiser, report: Console.note)
      let time = Progress.estimate(try job.estimatedSeconds(denoiser))
      Console.note("\(missing) of \(counted(count, "image")) to denoise; \(time)")
      if common.json { try Console.result(BatchResult(missing: missing)) }
      return
    }
    Interrupts.listen()
    let total = try job.survey(denoiser).images
    let progress = Progress("images", total: total)
    let outcome = try job.run(
      denoiser, progress: { done, _ in progress.update(done) },
      report: { progress.note($0) }, shouldStop: { Interrupts.isRequested })
    progress.clear()
    let result = BatchResult(outcome, of: total)
    result.note(in: output)
    var failed = outcome.failures.count
    var table: QualityTable?
    if isMeasured {
      let quality = QualityTable(job, outcome, clean: clean)
      for failure in quality.failures { Console.note(failure) }
      failed += quality.failures.count
      try quality.write(to: qualityFile)
      if !common.json { try show(quality) }
      Console.note("also in \(qualityFile)")
      table = quality
    }
    if common.json {
      try Console.result(
        Result(
          batch: result,
          images: outcome.noise.map {
            .init(image: $0.image, sigma: job.sigma, estimatedSigma: $0.estimatedSigma)
          }, quality: table?.rows, mean: table?.mean))
    }
    try Interrupts.exitIfRequested()
    if failed > 0 { throw ExitCode(3) }
  }

  private func show(_ quality: QualityTable) throws {
    let width = max(5, quality.rows.map(\.image.count).max() ?? 0)
    func line(_ name: String, _ noisy: Double?, _ clean: Double?, _ similarity: [Double]) -> String
    {
      func decibels(_ value: Double?) -> String { value.map { String(format: "%.2f", $0) } ?? "" }
      return name.padding(toLength: width, withPad: " ", startingAt: 0)
        + "  \(right(decibels(noisy), 10))  \(right(decibels(clean), 8))"
        + String(format: "  %10.4f  %8.4f", similarity[0], similarity[1])
    }
    try Console.result(
      "image".padding(toLength: width, withPad: " ", startingAt: 0)
        + "  noisy PSNR      PSNR  noisy SSIM      SSIM")
    for row in quality.rows {
      try Console.result(line(row.image, row.noisyPSNR, row.psnr, [row.noisySSIM, row.ssim]))
    }
    guard let mean = quality.mean else { return }
    try Console.result(line("mean", mean.noisyPSNR, mean.psnr, [mean.noisySSIM, mean.ssim]))
    if let note = mean.note { try Console.result(note) }
  }

  private func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }

  /// One JSON object of all.
  private struct Result: Encodable {
    /// The noise of an image as a standard deviation in gray levels of 255.
    struct Image: Encodable {
      let image: String
      /// What was given; null where the estimate was taken.
      let sigma: Double?
      /// What was estimated; null where the image was denoised earlier with a sigma given.
      let estimatedSigma: Double?

      private enum CodingKeys: CodingKey { case image, sigma, estimatedSigma }

      func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(image, forKey: .image)
        try container.encode(sigma, forKey: .sigma)
        try container.encode(estimatedSigma, forKey: .estimatedSigma)
      }
    }

    let batch: BatchResult
    let images: [Image]
    let quality: [QualityTable.Row]?
    let mean: QualityMean?

    private enum CodingKeys: CodingKey { case images, quality, mean }

    func encode(to encoder: any Encoder) throws {
      try batch.encode(to: encoder)
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(images, forKey: .images)
      try container.encodeIfPresent(quality, forKey: .quality)
      try container.encodeIfPresent(mean, forKey: .mean)
    }
  }
}

extension Denoiser.Method: ExpressibleByArgument {}
