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

  @Flag(help: "Make colours grey for a network of grey images.")
  var convert = false

  @Flag(help: "Stop at an image that cannot be denoised, instead of leaving it out.")
  var strict = false

  @OptionGroup var common: CommonOptions

  func validate() throws {
    if let sigma, !(sigma > 0 && sigma.isFinite) {
      throw ValidationError("--sigma: \(sigma) is not above 0")
    }
    if let addNoise, !(addNoise > 0 && addNoise.isFinite) {
      throw ValidationError("--add-noise: \(addNoise) is not above 0")
    }
    if addNoise != nil && clean != nil {
      throw ValidationError("--clean: the images that noise is added to are the clean ones")
    }
    if noisy != nil && addNoise == nil {
      throw ValidationError("--noisy: needs --add-noise")
    }
    if steps < 1 { throw ValidationError("--steps: \(steps) is not at least 1") }
    if let tile, tile < 1 { throw ValidationError("--tile: \(tile) is not at least 1") }
  }

  func run() throws {
    let model = try DiffusionModel(checkpoint, weights: common.weights, report: Console.note)
    let denoiser = Denoiser(
      model, method: method, steps: steps, seed: seed, tile: tile,
      precision: common.precision, memoryLimit: memory?.bytes, threads: common.threads)
    var job = DenoisingJob(inputs: images, output: output)
    job.sigma = sigma ?? addNoise
    job.addsNoise = addNoise != nil
    job.noiseSeed = seed
    let isFile = noisy?.extension?.lowercased() == "h5"
    job.noisy = isFile ? nil : noisy
    job.noisyFile = isFile ? noisy : nil
    job.convertsColour = convert
    job.isStrict = strict
    if common.dryRun {
      let (count, missing) = try job.survey(denoiser)
      Console.note("\(missing) of \(count) images to denoise")
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
    let result = BatchResult(
      written: outcome.written, skipped: outcome.skipped, failed: outcome.failures,
      missing: total - outcome.written - outcome.skipped)
    result.note(in: output)
    var failed = outcome.failures.count
    var table: QualityTable?
    if clean != nil || job.noisy != nil || job.noisyFile != nil {
      let quality = QualityTable(job, outcome, clean: clean)
      for failure in quality.failures { Console.note(failure) }
      failed += quality.failures.count
      let path = output.appending("quality.csv")
      try quality.write(to: path)
      if !common.json { show(quality) }
      Console.note("also in \(path)")
      table = quality
    }
    if common.json {
      try Console.result(
        Result(
          batch: result, quality: table?.rows,
          mean: table.flatMap { $0.rows.isEmpty ? nil : $0.mean }))
    }
    try Interrupts.exitIfRequested()
    if failed > 0 { throw ExitCode(3) }
  }

  private func show(_ quality: QualityTable) {
    let width = max(5, quality.rows.map(\.image.count).max() ?? 0)
    func line(_ row: QualityTable.Row) -> String {
      row.image.padding(toLength: width, withPad: " ", startingAt: 0)
        + String(
          format: "  %10.2f  %8.2f  %10.4f  %8.4f", row.noisyPSNR, row.psnr, row.noisySSIM, row.ssim
        )
    }
    Console.result(
      "image".padding(toLength: width, withPad: " ", startingAt: 0)
        + "  noisy PSNR      PSNR  noisy SSIM      SSIM")
    for row in quality.rows { Console.result(line(row)) }
    Console.result(line(quality.mean))
  }

  /// One JSON object of all.
  private struct Result: Encodable {
    let batch: BatchResult
    let quality: [QualityTable.Row]?
    let mean: QualityTable.Row?

    private enum CodingKeys: CodingKey { case quality, mean }

    func encode(to encoder: any Encoder) throws {
      try batch.encode(to: encoder)
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encodeIfPresent(quality, forKey: .quality)
      try container.encodeIfPresent(mean, forKey: .mean)
    }
  }
}

extension Denoiser.Method: ExpressibleByArgument {}
