public import Checkpoints
public import Diffusion
public import Files
import Foundation
internal import Images
internal import PNGCodec
internal import Random
public import Sampling
public import SystemPackage
internal import Training

/// Measures a model on images: each counts once, with noise that follows from the seed and its number.
///
/// Images of another size than the training's are scaled until they cover it, and their middle is
/// measured. The figures do not depend on the batch but for rounding.
public struct EvaluationJob: Job, Sendable {
  /// Files, and folders that are searched recursively.
  public var inputs: [FilePath]
  /// How many timesteps an image is measured at: at most the schedule's.
  public var timesteps = 100
  /// The variance of the reverse steps that the bound is for, beta or beta~; nil takes what the model was
  /// trained for.
  public var variance: ReverseVariance?
  /// Random seed of the noise.
  public var seed: UInt64 = 0
  /// Evaluations of the network at once.
  public var batch = 32
  /// The images' class label, for a class-conditional network.
  public var classIndex: Int?
  /// Whether images are of the classes by whose names their folders are called.
  public var takesFolders = false
  /// What the network computes in.
  public var precision = TrainingSettings.Precision.auto
  /// Whether an image that cannot be read is an error.
  public var isStrict = false
  /// Pixels past which an image is refused before memory is taken; nil for 2^28.
  public var maxPixels: Int?
  /// CPU threads; nil for all.
  public var threads: Int?

  /// A job for the images of `inputs`.
  public init(inputs: [FilePath]) { self.inputs = inputs }

  /// What a job has before it.
  public struct Plan: Sendable {
    /// Images, readable or not.
    public let images: Int
    /// Evaluations of the network.
    public let evaluations: Int
  }

  /// Looks how many images there are.
  public func plan(_ model: DiffusionModel, report: (String) -> Void = { _ in }) throws -> Plan {
    try checkMemory(model)
    let count = try ImageListing.images(in: inputs, report: report).files.count
    return Plan(images: count, evaluations: count * (try strata(model)).ranges.count)
  }

  /// Measures. Whether to stop is asked before each image; what is measured then are the images until there.
  ///
  /// - Throws: What is wrong with the settings or the inputs, `MemoryShortage`, or why not one image can be
  ///   read.
  public func run(_ model: DiffusionModel, _ context: JobContext) throws -> Evaluation {
    let configuration = model.configuration
    guard let format = PixelFormat(channels: configuration.channels) else {
      throw GenerationError.channels(configuration.channels)
    }
    try SettingError.check(.batch, batch)
    if let variance, variance.isLearned {
      throw SettingError(
        "variance",
        cause: "\(variance.rawValue) is what a model was trained for; give beta or beta-tilde")
    }
    try SettingError.check(.threads, threads)
    try GenerationError.checkDraws(configuration)
    var settings = GenerationSettings()
    settings.classIndex = classIndex
    settings.takesTurns = takesFolders
    try settings.checkClass(of: configuration)
    let strata = try strata(model)
    try checkMemory(model)
    let found = try context.share {
      let found = try ImageListing.images(in: inputs, report: context.note)
      if isStrict, let error = found.unlisted.first { throw error }
      return found
    }
    for error in found.unlisted { context.note("left out: \(error)") }
    let files = found.files
    try context.processes.requireSeen(files.map(\.path))
    let classes = takesFolders ? try folderClasses(of: files, configuration) : nil
    let size = configuration.size
    let limits = PNGLimits(most: maxPixels)
    let dataset = Dataset(files, size: size, format: format, memoryLimit: 0, limits: limits)
    let measure = try Measurement(self, model)

    let results = try JobItems<MeasuredImage>.share(
      files.indices, "images", of: files.count, in: context
    ) { items in
      while let index = items.take()?.lowerBound {
        let image: PixelImage
        var isAnimation = false
        do throws(PNGError) {
          image = try dataset.image(at: index)
          let header = try PNGReader.header(of: files[index].path, limits: limits)
          if let note = header.animationNote(files[index].path) {
            isAnimation = true
            items.note(note)
          }
        } catch {
          if isStrict { throw error }
          items.finish(index, .failed(items.leaveOut(error)))
          continue
        }
        let timesteps = strata.ranges.indices.map {
          strata.timestep($0, seed: seed, index: index)
        }
        let values = try measure(
          image, of: classes?.number(of: files[index]) ?? classIndex, index: index,
          timesteps: timesteps)
        items.finish(
          index, MeasuredImage(prior: values.prior, terms: values.terms, isAnimation: isAnimation))
      }
    }
    var evaluation = Evaluation(strata)
    evaluation.failures = found.unlisted.map { "\($0)" }
    var firstFailure: String?
    for (_, result) in try context.share({ results }).sorted(by: { $0.key < $1.key }) {
      if let cause = result.failure {
        firstFailure = firstFailure ?? cause
        evaluation.failures.append(cause)
      } else {
        if result.isAnimation { evaluation.animations += 1 }
        evaluation.add(result.prior, result.terms, strata)
      }
    }
    if evaluation.images == 0, let firstFailure { throw NothingMeasured(cause: firstFailure) }
    return evaluation
  }

  /// Seconds that the job takes on this machine as it is now, and whether that is a rough estimate.
  ///
  /// - Parameter clocks: what a trial of a small piece is timed by.
  public func estimatedSeconds(
    _ model: DiffusionModel, evaluations: Int, clocks: Clocks = .system
  ) throws -> (seconds: Double, isRough: Bool) {
    guard evaluations > 0 else { return (0, false) }
    let size = model.configuration.images
    let piece = NetworkTrial.Piece(
      batch: try batchSize(model), width: size.width, height: size.height)
    let trial = try model.trial(
      towards: piece, precision: precision.sampling, threads: threads, clocks: clocks)
    let once = trial.seconds(piece)
    return (once.seconds * Double(evaluations) / Double(piece.batch), once.isRough)
  }

  /// Evaluations at once: of one image, at all its timesteps at most.
  private func batchSize(_ model: DiffusionModel) throws -> Int {
    max(1, min(batch, try strata(model).ranges.count))
  }

  /// Makes sure that a batch has the memory that it needs.
  private func checkMemory(_ model: DiffusionModel) throws {
    try precision.sampling.checkSupport()
    let size = model.configuration.images
    let samples = Double(model.configuration.channels * size.width * size.height)
    // Noise, x_t, and answers, some of them in double precision.
    let memory = model.memory(
      width: size.width, height: size.height, precision: precision.sampling
    ).adding(perImage: 4 * 10 * samples)
    try MemoryShortage.check(
      "evaluation at \(size.width) x \(size.height) pixels", memory, batch: try batchSize(model),
      otherwise: "use a machine with more memory")
  }

  private func folderClasses(
    of files: [ImageFile], _ configuration: ModelConfiguration
  ) throws -> FolderClasses {
    guard let names = configuration.classNames else {
      throw SettingError(
        "class", cause: "folders needs class names, and this model has none")
    }
    return try FolderClasses(files, named: names)
  }

  private func strata(_ model: DiffusionModel) throws -> TimestepStrata {
    let total = model.schedule.timesteps
    let least = min(2, total)
    guard timesteps >= least else {
      throw SettingError(
        "timesteps", cause: "must be at least \(least), got \(timesteps)")
    }
    return TimestepStrata(min(timesteps, total), of: total)
  }
}

extension Evaluation {
  /// Takes in an image's values, at one timestep of each range.
  fileprivate mutating func add(
    _ prior: Double, _ terms: [(bits: Double, loss: Double)], _ strata: TimestepStrata
  ) {
    images += 1
    var (bits, loss) = (0.0, 0.0)
    for (k, term) in terms.enumerated() {
      rows[k].bits.add(term.bits)
      rows[k].loss.add(term.loss)
      let steps = Double(strata.ranges[k].count)
      if k > 0 { bits += steps * term.bits }
      loss += steps * term.loss
    }
    self.prior.add(prior)
    denoising.add(bits)
    decoder.add(terms[0].bits)
    bound.add(prior + bits + terms[0].bits)
    self.loss.add(loss / Double(strata.ranges.last?.upperBound ?? 1))
  }
}

/// Why not one image could be measured.
private struct NothingMeasured: Error, CustomStringConvertible {
  let cause: String
  var description: String { cause }
}

/// An image's values, or why there are none.
private struct MeasuredImage: Codable {
  private(set) var failure: String?
  private(set) var prior = 0.0
  /// As doubles, since there are many.
  private var values = Data()
  private(set) var isAnimation = false

  static func failed(_ cause: String) -> MeasuredImage {
    var image = MeasuredImage(prior: 0, terms: [], isAnimation: false)
    image.failure = cause
    return image
  }

  init(prior: Double, terms: [(bits: Double, loss: Double)], isAnimation: Bool) {
    (self.prior, self.isAnimation) = (prior, isAnimation)
    terms.flatMap { [$0.bits, $0.loss] }.withUnsafeBytes { values.append(contentsOf: $0) }
  }

  var terms: [(bits: Double, loss: Double)] {
    let numbers = values.withUnsafeBytes { bytes in
      (0..<(bytes.count / 8)).map { bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Double.self) }
    }
    return stride(from: 0, to: numbers.count, by: 2).map { (numbers[$0], numbers[$0 + 1]) }
  }
}

/// Measures one image at some timesteps.
private struct Measurement {
  let job: EvaluationJob
  let objective: Objective
  let process: ForwardProcess
  let bound: VariationalBound
  let predictor: NoisePredictor

  init(_ job: EvaluationJob, _ model: DiffusionModel) throws {
    self.job = job
    objective = model.configuration.objective
    process = ForwardProcess(model.schedule)
    bound = VariationalBound(
      model.schedule,
      variance: job.variance ?? model.configuration.variance ?? .betaTilde)
    predictor = try model.predictor(precision: job.precision.sampling, threads: job.threads)
  }

  func callAsFunction(
    _ image: PixelImage, of classIndex: Int?, index: Int, timesteps: [Int]
  ) throws -> (prior: Double, terms: [(bits: Double, loss: Double)]) {
    let x0 = Pixels.values(of: image, width: image.width, height: image.height)
    // In the order of the values: (C, H, W).
    let pixels = x0.map { UInt8(($0 * 127.5 + 127.5).rounded()) }
    var terms: [(bits: Double, loss: Double)] = []
    for first in stride(from: 0, to: timesteps.count, by: job.batch) {
      let part = Array(timesteps[first..<min(first + job.batch, timesteps.count)])
      let noise = part.map { t in
        RandomStream(seed: job.seed, purpose: .validation, index: index, step: t, site: 1)
          .normals(x0.count)
      }
      let xt = zip(part, noise).map { process.noised(x0, at: Double($0), epsilon: $1) }
      let output = try GenerationError.finite(
        predictor.output(
          Array(xt.joined()), timesteps: part.map(Double.init),
          classes: classIndex.map { [Int](repeating: $0, count: part.count) }))
      for (i, t) in part.enumerated() {
        let size = output.count / part.count
        let (answer, v) = halves(
          Array(output[(i * size)..<((i + 1) * size)]), of: x0.count, imageSize: nil)
        let abar = process.schedule.alphaBar[t]
        let predicted = objective.predictedX0(
          xt: xt[i], output: answer, alphaBar: abar, within: -1...1)
        let bits = bound.term(
          t, pixels: pixels, xt: xt[i].map(Double.init), x0: predicted.map(Double.init),
          v: v.map(Double.init))
        let target = objective.target(alphaBar: abar)
        var loss = 0.0
        for j in x0.indices {
          let error =
            target.x0 * Double(x0[j]) + target.epsilon * Double(noise[i][j]) - Double(answer[j])
          loss += error * error
        }
        terms.append((bits, loss / Double(x0.count)))
      }
    }
    return (bound.prior(pixels: pixels), terms)
  }
}
