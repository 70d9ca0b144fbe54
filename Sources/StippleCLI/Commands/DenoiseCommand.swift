import ArgumentParser
import Foundation
import Stipple
import SystemPackage

/// `stipple denoise`
struct DenoiseCommand: ParsableCommand, SharingCommand {
  static let configuration = CommandConfiguration(
    commandName: "denoise",
    abstract: "Denoise images of any size.",
    usage: "stipple denoise IMAGES... -o FOLDER [options]",
    discussion: """
      METHODS
        mean    Posterior mean (lowest MSE); 1 network function evaluation (NFE)
        sample  One posterior sample (sharper, higher MSE); --steps NFE

      Results keep the folder structure of the inputs. Existing results are not made
      again. Large images are processed in tiles.
      """)

  @Argument(help: .images)
  var images: [FilePath]

  @Option(name: .shortAndLong, help: .text("Output folder.", "FOLDER"))
  var output: FilePath

  @OptionGroup(title: "Denoising") var denoising: DenoisingOptions
  @OptionGroup var pictures: PictureOptions<ImagesSection>
  @OptionGroup(title: "Evaluation") var evaluation: EvaluationOptions
  @OptionGroup(title: "Advanced") var reading: StrictOption
  @OptionGroup(title: "Output") var page: ReportOption
  @OptionGroup(title: "Advanced") var part: ShardOption
  @OptionGroup(title: "Advanced") var sharing: ProcessesOption
  @OptionGroup var common: CommonOptions

  /// How results are measured.
  struct EvaluationOptions: ParsableArguments {
    @Option(help: .text("Folder of clean images of the same names, for PSNR and SSIM.", "FOLDER"))
    var clean: FilePath?

    @Option(help: .text("Add Gaussian noise of this sigma (0-255 scale) to clean inputs.", "S"))
    var addNoise: Double?

    @Option(
      help: .text(
        "Write the noisy inputs: a folder for PNG, or FILE.h5 for unclipped values.", "PATH"))
    var noisy: FilePath?
  }

  func validate() throws {
    if denoising.model == nil, let model = images.first(where: ModelCatalog.standard.isModel) {
      throw ValidationError("\(model): is a model, not an image; give it with --model \(model)")
    }
    try check(.addNoise, evaluation.addNoise)
    try checkFolder(output, of: "denoised images are written")
    if denoising.seed != nil, denoising.method != .sample, evaluation.addNoise == nil {
      throw ValidationError("--seed: only for --method sample or --add-noise")
    }
    if evaluation.addNoise != nil && evaluation.clean != nil {
      throw ValidationError(
        "--clean: cannot be combined with --add-noise, whose inputs are the clean images")
    }
    if evaluation.noisy != nil && evaluation.addNoise == nil {
      throw ValidationError("--noisy: needs --add-noise")
    }
    if (isMeasured || page.report != nil) && part.shard != nil {
      throw ValidationError(
        "--shard: cannot be combined with --clean, --noisy or --report, whose files are of all images"
      )
    }
  }

  /// Whether the noisy images go to a file of tensors.
  private var noisyIsFile: Bool { evaluation.noisy?.extension?.lowercased() == "h5" }

  /// Whether results are measured.
  private var isMeasured: Bool { evaluation.clean != nil || evaluation.noisy != nil }

  private func checkFiles(reading model: FilePath) throws {
    if let clean = evaluation.clean { try QualityTable.check(clean) }
    var gate = OutputGate(
      overwriting: common.overwrite, images: images + [evaluation.clean],
      others: [model])
    gate.add("-o", output, .folder)
    gate.add("--noisy", evaluation.noisy, noisyIsFile ? .tensors(.noisy) : .folder)
    gate.add("--report", page.report, .page)
    if isMeasured { gate.add("-o", qualityFile, .quality, isPart: true) }
    try gate.check()
  }

  private var seed: UInt64 { denoising.seed ?? DenoisingOptions.usualSeed }

  private var qualityFile: FilePath { output.appending("quality.csv") }

  func run() throws { try sharing.run(denoise) }

  private func denoise(_ processes: ProcessGroup) throws {
    let path = try processes.share(findModel)
    try processes.first { try checkFiles(reading: path) }
    let model = try DiffusionModel.read(
      path, weights: common.weights, by: processes, report: Console.note)
    let denoiser = Denoiser(
      model, method: denoising.method, steps: denoising.steps ?? DenoisingOptions.usualSteps,
      seed: seed, ensemble: denoising.ensemble, tile: denoising.tile,
      precision: common.precision, memoryLimit: denoising.memory?.bytes, threads: common.threads)
    var job = DenoisingJob(inputs: images, output: output)
    denoising.settle(&job)
    job.addedSigma = evaluation.addNoise
    // Where nothing else is said of the noise, it is told.
    if denoising.sigma == nil && denoising.noise == nil { job.sigma = evaluation.addNoise }
    job.noiseSeed = seed
    job.noisy = noisyIsFile ? nil : evaluation.noisy
    job.noisyFile = noisyIsFile ? evaluation.noisy : nil
    job.overwrites = common.overwrite
    job.pictures = pictures.settings
    pictures.remark(for: model)
    job.isStrict = reading.strict
    job.shard = part.shard
    if let remark = Denoiser.remark(sigma: denoising.sigma?.value, of: .sigma)
      ?? Denoiser.remark(sigma: evaluation.addNoise, of: .addNoise)
    {
      Console.note(remark)
    }
    if common.dryRun { return try processes.first { try tellPlan(job, denoiser) } }
    let outcome = try job.run(denoiser, by: processes)
    let failed = try processes.share { try tell(outcome, of: job, by: model, denoiser) }
    try Interrupts.exitIfRequested(by: processes)
    if failed > 0 { throw ExitCode(3) }
  }

  /// The model that is given, or the one for the images.
  private func findModel() throws -> FilePath {
    if let model = denoising.model { return model }
    let model = try ModelCatalog.standard.denoiser(of: images, output: output)
    Console.note("model: \(model)")
    return model
  }

  private func tellPlan(_ job: DenoisingJob, _ denoiser: Denoiser) throws {
    let plan = try job.plan(denoiser, report: Console.note)
    let outlook = try job.outlook(denoiser)
    for shortage in outlook.shortages { Console.note("would be left out: \(shortage)") }
    let time = Progress.estimate(outlook.time)
    Console.note("\(plan.missing) of \(counted(plan.total, "image")) to denoise; \(time)")
    if common.json { try Console.result(BatchResult(missing: plan.missing)) }
  }

  /// Measures the results where that is wanted, tells of them, and gives how many images failed.
  private func tell(
    _ outcome: BatchOutcome, of job: DenoisingJob, by model: DiffusionModel, _ denoiser: Denoiser
  ) throws -> Int {
    var result = BatchResult(outcome)
    tellNoise(outcome, of: job)
    result.note(in: output)
    var table: QualityTable?
    if isMeasured {
      let quality = QualityTable(job, outcome, clean: evaluation.clean)
      for failure in quality.failures { Console.note(failure) }
      result.failed += quality.failures
      try quality.write(to: qualityFile)
      if !common.json { try show(quality) }
      Console.note("PSNR and SSIM: \(qualityFile)")
      table = quality
    }
    if let report = page.report {
      try job.writeReport(of: outcome, table, by: denoiser, to: report)
      page.tell()
    }
    if common.json {
      try Console.result(
        Result(
          batch: result,
          model: .init(
            path: model.file?.string, step: model.step, fingerprint: model.fingerprint),
          results: outcome.noise.map {
            .init(image: $0.image, sigma: job.sigma, noise: $0.estimate)
          }, quality: table.map { Quality(images: $0.rows, mean: $0.mean) }))
    }
    return result.failed.count
  }

  /// Says what noise there was, and what to know of images that had none.
  private func tellNoise(_ outcome: BatchOutcome, of job: DenoisingJob) {
    let found = outcome.noise.compactMap(\.estimate)
    let isGiven = job.sigma != nil || job.gain != nil
    if let summary = NoiseSummary(found, isRemoved: isGiven) { Console.note("\(summary)") }
    // Little that was removed at a given level does not make an image clean.
    let clean = isGiven ? 0 : found.count(where: \.isClean)
    if outcome.copied > 0 {
      Console.note("\(counted(outcome.copied, "image")) copied byte for byte")
    } else if clean > 0 {
      Console.note(
        "\(counted(clean, "image")) of \(found.count) \(clean == 1 ? "is" : "are") clean already (noise below "
          + "sigma \(Int(NoiseEstimate.cleanSigma)), as far as can be told); "
          + (denoising.copyClean
            ? "not copied, since --strip, --depth, --convert or --add-noise changes them"
            : "--copy-clean copies such images as they are")
      )
    }
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
    /// The noise of an image, in gray levels of 255.
    struct Image: Encodable {
      let image: String
      /// The standard deviation that was given; null where the estimate was taken.
      let sigma: Double?
      /// The rest of what was found; null where the image was denoised earlier.
      let noise: NoiseEstimate?

      private enum CodingKeys: CodingKey { case image, sigma, estimatedSigma, noise }

      func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(image, forKey: .image)
        try container.encode(sigma, forKey: .sigma)
        // Null where the image was denoised earlier with a sigma given.
        try container.encode(noise?.sigma, forKey: .estimatedSigma)
        if noise?.correlation != nil { try container.encode(noise, forKey: .noise) }
      }
    }

    /// What the images were denoised with.
    struct Model: Encodable {
      let path: String?
      let step: Int
      let fingerprint: String
    }

    let batch: BatchResult
    let model: Model
    let results: [Image]
    let quality: Quality?

    private enum CodingKeys: CodingKey { case model, results, quality }

    func encode(to encoder: any Encoder) throws {
      try batch.encode(to: encoder)
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(model, forKey: .model)
      try container.encode(results, forKey: .results)
      try container.encodeIfPresent(quality, forKey: .quality)
    }
  }

  /// How good the results are, image by image and on average.
  private struct Quality: Encodable {
    let images: [QualityTable.Row]
    let mean: QualityMean?
  }
}
