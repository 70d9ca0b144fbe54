package import Checkpoints
internal import Distributed
internal import Files
internal import Images
internal import SystemPackage

/// What a network's step is made of.
package enum TrainingBatch {
  /// Images (N, C, H, W) that get their noise as they come, with the classes (N) where the network is
  /// told them, how they were changed where it is told that, and their files' names where anybody may ask.
  case images(
    [Float], classes: [Int]? = nil, augmentation: [Float]? = nil, sources: [String] = [])
  /// Examples that got it before.
  case noised(NoisedExamples)
}

/// A run's batches in their endless order, from any position on.
final class TrainingBatches {
  private enum Source {
    case images(Prefetcher, BatchSource, classes: [Int]?)
    case noised(StoredExamples)
  }

  private var source: Source
  private let share: BatchShare
  /// Where the next batch begins.
  private var position: Int
  private let ranks: any Communicator
  private var leftOut: LeftOutImages
  private var timeReading = Duration.zero
  private let elapsed: @Sendable () -> Duration

  /// - Parameters:
  ///   - dataset: the images that are trained on; nil where examples are stored.
  ///   - position: of the first batch's first example.
  ///   - share: what of each batch is read.
  ///   - journal: reports images that are left out.
  init(
    _ plan: TrainingPlan, _ dataset: Dataset?, from position: Int, _ share: BatchShare,
    isStrict: Bool, _ journal: RunJournal
  ) {
    self.share = share
    elapsed = journal.clocks.elapsed
    self.position = position + share.own.lowerBound
    ranks = plan.processes.communicator
    leftOut = LeftOutImages(among: ranks, journal)
    if let stored = plan.noised {
      source = .noised(stored)
      return
    }
    guard let dataset else { preconditionFailure("nothing to train on") }
    let images = BatchSource(
      dataset, seed: plan.settings.seed, flips: plan.settings.flip,
      turns: plan.settings.rotate, augmentation: plan.augmentation, isStrict: isStrict,
      // Several ranks tell of them together, when a batch is taken.
      onUnreadable: { [isAlone = ranks.size == 1] in if isAlone { journal.leaveOut("\($0)") } })
    source = .images(
      Prefetcher(
        images, count: share.own.count, from: self.position, advancing: share.batch,
        elapsed: elapsed),
      images, classes: plan.classes.map { plan.training.map($0.number) })
  }

  /// The next batch.
  ///
  /// - Throws: `ImagesError` where no image can be read, or one cannot and that is an error;
  ///   `FileFormatError` where stored examples cannot.
  func next() throws -> TrainingBatch {
    defer { position += share.batch }
    switch source {
    case .images(let batches, let images, let classes):
      let batch = try agreed(batches, images)
      return .images(
        batch.values, classes: classes.map { classes in batch.images.map { classes[$0] } },
        augmentation: batch.augmentation,
        sources: batch.images.map { images.dataset.files[$0].relativePath.string })
    case .noised(var stored):
      let start = elapsed()
      let examples = try ranks.everywhere {
        try stored.examples(at: position..<(position + share.own.count))
      }
      source = .noised(stored)
      timeReading += elapsed() - start
      return .noised(examples)
    }
  }

  /// The next batch without the images that any rank could not read.
  private func agreed(_ batches: Prefetcher, _ images: BatchSource) throws -> Batch {
    if ranks.size == 1 { return try batches.next() }
    var images = images
    var batch: Batch?
    while true {
      let made = try ranks.everywhere {
        let made = try batch ?? batches.next()
        // It may have been made before another rank told of an image.
        let isOld = made.images.contains(where: leftOut.all.contains)
        return isOld ? try images.batch(at: made.positions) : made
      }
      batch = made
      let new = try leftOut.add(made.unreadable)
      if new.isEmpty { return made }
      for (index, cause) in new { images.dataset.leaveOut(index, cause: cause) }
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
