package import Checkpoints
internal import Files
internal import Images
internal import SystemPackage

/// What a network's step is made of.
package enum TrainingBatch {
  /// Images (N, C, H, W) that get their noise as they come, with the classes (N) where the network is
  /// told them, and their files' names where anybody may ask.
  case images([Float], classes: [Int]? = nil, sources: [String] = [])
  /// Examples that got it before.
  case noised(NoisedExamples)
}

/// A run's batches in their endless order, from any position on.
final class TrainingBatches {
  private enum Source {
    case images(Prefetcher, classes: [Int]?, files: [ImageFile])
    case noised(StoredExamples)
  }

  private var source: Source
  private let share: BatchShare
  /// Where the next batch begins.
  private var position: Int
  private var timeReading = Duration.zero
  private let elapsed: @Sendable () -> Duration

  /// - Parameters:
  ///   - position: of the first batch's first example.
  ///   - share: what of each batch is read.
  ///   - journal: is told of images that are left out.
  init(
    _ plan: TrainingPlan, from position: Int, _ share: BatchShare, isStrict: Bool,
    _ journal: RunJournal
  ) {
    self.share = share
    elapsed = journal.clocks.elapsed
    self.position = position + share.own.lowerBound
    if let stored = plan.noised {
      source = .noised(stored)
      return
    }
    let images = BatchSource(
      plan.dataset(plan.training), seed: plan.settings.seed, flips: plan.settings.flip,
      turns: plan.settings.turn, isStrict: isStrict,
      onUnreadable: { journal.leaveOut($0) })
    source = .images(
      Prefetcher(
        images, count: share.own.count, from: self.position, advancing: share.batch,
        elapsed: elapsed),
      classes: plan.classes.map { plan.training.map($0.number) },
      files: plan.training)
  }

  /// The next batch.
  ///
  /// - Throws: `ImagesError` where no image can be read, or one cannot and that is an error;
  ///   `FileFormatError` where stored examples cannot.
  func next() throws -> TrainingBatch {
    defer { position += share.batch }
    switch source {
    case .images(let batches, let classes, let files):
      let batch = try batches.next()
      return .images(
        batch.values, classes: classes.map { classes in batch.images.map { classes[$0] } },
        sources: batch.images.map { files[$0].relativePath.string })
    case .noised(var stored):
      let start = elapsed()
      let examples = try stored.examples(at: position..<(position + share.own.count))
      source = .noised(stored)
      timeReading += elapsed() - start
      return .noised(examples)
    }
  }

  /// How long the training has waited for batches altogether.
  var timeWaited: Duration {
    if case .images(let batches, _, _) = source { return batches.timeWaited }
    return timeReading
  }

  /// Ends reading ahead.
  func stop() {
    if case .images(let batches, _, _) = source { batches.stop() }
  }
}
