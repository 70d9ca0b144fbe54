internal import Checkpoints
internal import Compiler
internal import Distributed
internal import Host
internal import Images
internal import Networks
public import Sampling

extension TrainingPlan {
  /// Bytes that training will take: weights, their copies and activations, the same for measuring the
  /// validation loss, batches that wait, and images that are kept.
  public var plannedBytes: Int {
    Int(min(memory().bytes(batch: batchOfProcess), 1e18))
  }

  private var batchOfProcess: Int { settings.batch / processes.size }

  /// The plan's memory, or where another size is given, what it would be with that.
  func memory(width: Int? = nil, height: Int? = nil) -> NetworkMemory {
    let width = width ?? configuration.images.width
    let height = height ?? configuration.images.height
    var network = configuration.network
    network.dropout = Float(settings.dropout)
    let precision = settings.precision.training
    // Weights, average, two moments, gradients, and their sum; gradients of other processes.
    let copies =
      (settings.accumulate > 1 ? 6 : 5) + (processes.size > 1 ? 1 : 0)
      + (settings.snapshotEvery > 0 ? RunningAverages.parts.count : 0)
    let floats = 4 * Double(configuration.channels) * Double(width) * Double(height)
    let training = NetworkMemory(
      network, width: width, height: height, training: true, precision: precision)
    // Four numbers a sample in the step's examples; those read ahead, and the one in hand.
    var memory = training.adding(
      fixed: Double(copies) * 4 * Double(network.parameterCount) + Double(keptImageBytes),
      perImage: 9 * floats)
    if !validation.isEmpty || settings.sampleEvery > 0 {
      let inference = NetworkMemory(
        network, width: width, height: height, training: false, precision: precision)
      // No more images than are measured on.
      let share =
        settings.sampleEvery > 0
        ? 1 : min(1, Double(validation.count) / Double(batchOfProcess))
      memory = memory.adding(
        fixed: inference.bytes(batch: 0),
        perImage: share * (inference.bytes(batch: 1) - inference.bytes(batch: 0)))
    }
    return memory
  }

  /// Bytes of decoded images that stay in memory at most: what they have, or a part of the machine's.
  var keptImageBytes: Int {
    let all = Double(training.count + validation.count) * largestExampleBytes
    return Int(min(all, Double(imageMemory)))
  }

  /// Bytes that decoded images may take: 2 GiB, or a quarter of a smaller memory.
  var imageMemory: Int { min(2 << 30, Memory.available.bytes / 4) }

  /// With random crops whole images are kept.
  private var largestExampleBytes: Double {
    let area =
      settings.fit == .randomCrop
      ? max(meanArea, Double(configuration.images.width * configuration.images.height))
      : Double(configuration.images.width * configuration.images.height)
    return area * Double(configuration.channels)
  }

  /// Makes sure that the run has the memory that it needs.
  ///
  /// - Throws: `MemoryShortage` with what to do instead.
  public func checkMemory() throws(MemoryShortage) {
    try MemoryShortage.check(
      "training on \(configuration.images.width) x \(configuration.images.height) pixels",
      memory(), batch: batchOfProcess, otherwise: smallerWork)
  }

  /// What takes less memory, where a smaller batch does not help.
  private var smallerWork: String {
    let fitting = [(64, "random-crop"), (32, "random-crop")].first { side, _ in
      isSmaller(side)
        && memory(width: side, height: side).bytes(batch: batchOfProcess)
          <= Double(Memory.available.bytes)
    }
    return fitting.map { "use `size` \($0.0) `fit` \($0.1), or a smaller `preset`" }
      ?? "use a smaller `size` or `preset`"
  }

  /// Whether squares of a side are a good deal less than the run's images, and pass the network.
  func isSmaller(_ side: Int) -> Bool {
    let area = configuration.images.width * configuration.images.height
    return 2 * side * side <= area && side % configuration.network.strideMultiple == 0
  }
}
