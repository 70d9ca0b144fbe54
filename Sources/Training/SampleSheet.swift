internal import Checkpoints
package import Compiler
internal import Diffusion
internal import Distributed
internal import Files
internal import Images
internal import PNGCodec
internal import Sampling
internal import SystemPackage

/// The pictures of samples along a run: images by the averaged weights, of the same seeds each time; of
/// a denoiser, images of the same pieces of photographs.
package struct SampleSheet {
  private static let steps = 25
  private static let side = 8

  let folder: RunFolder
  let plan: TrainingPlan
  package let average: ParameterStore
  let journal: RunJournal
  /// What judges the images; nil where nothing does, and on all processes but the first.
  let quality: SampleQuality?

  /// How many images there are in one.
  static func count(_ configuration: ModelConfiguration) -> Int {
    side * columns(side, classes: configuration.classNames?.count)
  }

  /// Whether the run has a picture where it stands.
  func isDue(_ state: TrainingState) -> Bool {
    let interval = plan.settings.sampleEvery
    guard interval > 0, state.step > 0 else { return false }
    return state.step % interval == 0 || plan.settings.isFinished(state)
  }

  /// Whether a session that has ended since the checkpoint owes the run a picture.
  func isMissing(_ state: TrainingState) throws -> Bool {
    try isDue(state) && !Folders.exists(folder.sample(step: state.step))
  }

  /// Draws and writes a picture. A failure is reported and does not end the run.
  ///
  /// - Parameter shouldStop: asked before each evaluation of the network.
  /// - Returns: false where it was stopped: the session that begins at this step draws it.
  func draw(step: Int, shouldStop: () -> Bool) -> Bool {
    do {
      let isDrawn = try write(step: step, shouldStop: shouldStop)
      let path = folder.sample(step: step)
      if isDrawn, plan.processes.isFirst, try Folders.exists(path) { journal.show(samples: path) }
      if !isDrawn { journal.note("step \(step): stopped before sampling") }
      return isDrawn
    } catch {
      journal.note("\(error); training continues")
      return true
    }
  }

  private func write(step: Int, shouldStop: () -> Bool) throws -> Bool {
    let model = try DiffusionModel(
      plan.configuration, parameters: average, step: step,
      fingerprint: Fingerprint.text(of: average.namedTensors, step: step))
    if plan.configuration.isDenoiser {
      try DenoisedSheet(plan: plan).write(model, to: folder.sample(step: step))
      return true
    }
    return try writeGenerated(model, shouldStop: shouldStop)
  }

  /// The processes share the batches, whose images depend on nothing but their numbers.
  private func writeGenerated(_ model: DiffusionModel, shouldStop: () -> Bool) throws -> Bool {
    struct Stopped: Error {}
    let ranks = plan.processes.communicator
    var drawing = GenerationSettings()
    drawing.steps = min(Self.steps, plan.settings.timesteps)
    drawing.adopt(plan.configuration.usualSampling)
    drawing.takesTurns = plan.configuration.classNames != nil
    let generator = try Generator(model, drawing, threads: plan.settings.threads)
    let size = plan.configuration.images
    let columns = Self.columns(Self.side, classes: plan.configuration.classNames?.count)
    let count = Self.count(plan.configuration)
    let batch = min(
      min(plan.settings.batch, count).dividedRoundingUp(by: ranks.size), plan.memory.imagesAtOnce)
    let batches = try ranks.results(of: count.dividedRoundingUp(by: batch)) { number in
      let indices = Array((number * batch)..<min((number + 1) * batch, count))
      do {
        let values = try generator.images(indices, from: generator.initialNoise(indices)) { _ in
          if shouldStop() { throw Stopped() }
        }
        return Pixels.images(values, width: size.width, height: size.height, format: plan.format)
          .flatMap(\.pixels)
      } catch is Stopped {
        return nil
      }
    }
    guard let batches else { return false }
    guard ranks.isFirst else { return true }
    let images = plan.pictures(batches)
    let provenance = Provenance(
      "train", [("images", String(count))] + model.facts + drawing.facts)
    // Before the picture is there: it is what a session that goes on looks for.
    let judged = Result { try quality?.measure(images, step: model.step) }
    try PNGWriter.write(
      ImageGrid.arrange(images, columns: columns), text: provenance.chunks,
      to: folder.sample(step: model.step))
    if let note = try judged.get() { journal.note(note) }
    return true
  }

  /// As many columns as usual, or about as many: so that each shows one class, where it can.
  package static func columns(_ usual: Int, classes: Int?) -> Int {
    guard let classes, classes <= 2 * usual else { return usual }
    return classes * max(1, usual / classes)
  }
}

extension TrainingPlan {
  /// Pictures of the run's size whose pixels lie in pieces.
  func pictures(_ pixels: [[UInt8]]) -> [PixelImage] {
    let (width, height) = (configuration.images.width, configuration.images.height)
    let all = Array(pixels.joined())
    let size = width * height * format.channels
    return stride(from: 0, to: all.count, by: size).map {
      PixelImage(width: width, height: height, format: format, pixels: Array(all[$0..<($0 + size)]))
    }
  }
}

extension Int {
  fileprivate func dividedRoundingUp(by divisor: Int) -> Int { (self + divisor - 1) / divisor }
}
