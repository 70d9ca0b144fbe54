internal import Checkpoints
internal import Compiler
internal import Distributed
internal import Host
internal import Images
internal import Networks
public import Sampling
internal import Text

/// How a run is computed within the memory that it may take.
struct TrainingMemory {
  /// How many parts of a batch are computed one after the other, their gradients added up.
  var parts = 1
  /// What is computed again; nil for what costs next to nothing.
  var recomputation: Recomputation?
  /// The part by which steps take longer for that.
  var slowdown = 0.0
  /// All memory, in bytes. Real, as a setting can ask for more than an integer counts.
  var bytes = 0.0
  /// Images that are sampled, or measured on, at once.
  var imagesAtOnce = 1
  /// Why the run cannot be; nil where it can.
  var shortage: MemoryShortage?
}

extension TrainingPlan {
  /// Bytes that training will take: weights, their copies and activations, the same for measuring the
  /// validation loss, batches that wait, and images that are kept.
  public var plannedBytes: Int { Int(min(memory.bytes, 1e18)) }

  /// How many parts of a batch are computed one after the other, where the memory takes no more at once.
  public var batchParts: Int { memory.parts }

  /// The part by which steps take longer than with memory enough: 0.04 for 4 percent.
  public var slowdown: Double { memory.slowdown }

  /// The settings as they are computed: with a batch in parts, the same training up to rounding.
  var computed: TrainingSettings {
    var computed = settings
    (computed.batch, computed.accumulate) = (
      settings.batch / memory.parts, settings.accumulate * memory.parts
    )
    return computed
  }

  /// Makes sure that the run has the memory that it needs.
  ///
  /// - Throws: `MemoryShortage` with what to do instead.
  public func checkMemory() throws(MemoryShortage) {
    if let shortage = memory.shortage { throw shortage }
  }

  /// What the memory makes of the run; nothing where there is enough.
  var memoryNotes: [String] {
    if memory.shortage != nil { return [] }
    var notes: [String] = []
    if memory.slowdown > 0.0005 {
      notes.append(
        "activations are recomputed to save memory: steps take about "
          + "\(Readable.percent(memory.slowdown)) longer")
    }
    if memory.parts > 1 {
      notes.append(
        "batches of \(settings.batch) are computed in \(memory.parts) parts of "
          + "\(settings.batch / memory.parts) to save memory (gradient accumulation)")
    }
    return notes
  }
}

// What takes how much.
extension TrainingPlan {
  /// Bytes that decoded images may take: 2 GiB, or a quarter of a smaller memory; of one that the user limits an eighth.
  var imageMemory: Int {
    settings.memory.map { min(2 << 30, $0.bytes / 8) }
      ?? min(2 << 30, Memory.available.bytes / 4)
  }

  /// Bytes of decoded images that stay in memory at most: what they have, or a part of the machine's.
  var keptImageBytes: Int {
    let all = Double(training.count + validation.count) * largestExampleBytes
    return Int(min(all, Double(imageMemory)))
  }

  /// With random crops whole images are kept.
  private var largestExampleBytes: Double {
    let area =
      settings.fit == .randomCrop
      ? max(meanArea, Double(configuration.images.width * configuration.images.height))
      : Double(configuration.images.width * configuration.images.height)
    return area * Double(configuration.channels)
  }

  private var trainedNetwork: UNetConfiguration {
    var network = configuration.network
    network.dropout = Float(settings.dropout)
    return network
  }

  /// What is there beside the network's tensors.
  func remainder(batch: Int, parts: Int, _ size: ImageSize) -> Double {
    // Weights, average, two moments, gradients, and their sum; gradients of other processes.
    let copies =
      (settings.accumulate * parts > 1 ? 6 : 5) + (processes.size > 1 ? 1 : 0)
      + (settings.snapshotEvery > 0 ? RunningAverages.parts.count : 0)
    let floats = 4 * Double(configuration.channels) * Double(size.width) * Double(size.height)
    // Four numbers a sample in the step's examples; those read ahead, and the one in hand.
    return NetworkMemory.ofProcess + Double(copies) * 4 * Double(trainedNetwork.parameterCount)
      + Double(keptImageBytes) + 9 * floats * Double(batch)
      + readingBytes + SampleQuality.bytes(self).kept
      + NetworkMemory.conversions(
        trainedNetwork, width: size.width, height: size.height,
        precision: settings.precision.training)
  }

  /// What reading the largest image takes that is not of the examples' size: its file, its samples, and those as numbers, row
  /// by row.
  private var readingBytes: Double {
    largestArea <= configuration.size.area
      ? 0 : 5 * Double(largestArea) * Double(configuration.channels)
  }

  /// What measuring the validation loss or drawing samples takes while training rests.
  func inference(_ size: ImageSize) -> NetworkMemory? {
    if validation.isEmpty && settings.sampleEvery == 0 { return nil }
    let floats = 4 * Double(configuration.channels) * Double(size.width) * Double(size.height)
    return NetworkMemory(
      trainedNetwork, width: size.width, height: size.height, training: false,
      precision: settings.sampleEvery > 0
        ? settings.precision.sampling : settings.precision.training
    ).adding(fixed: SampleQuality.bytes(self).measuring, perImage: 10 * floats)
  }
}

// How the run is fitted in.
extension TrainingPlan {
  /// What the run may take: the same for all processes.
  private var budget: (bytes: Double, memory: Memory) {
    let available = Memory.available
    // Some room, as all this is about; a user's own limit has it.
    let all = Double(available.bytes) * 0.9
    let allowed = min(settings.memory.map { Double($0.bytes) } ?? all, Double(available.bytes))
    let least = processes.communicator.gather([allowed]).min() ?? allowed
    let isSettings = settings.memory.map { Double($0.bytes) == least } ?? false
    return (least, isSettings ? Memory(setting: Int(least)) : available)
  }

  /// Finds how the run fits into the memory that it may take, the same way on all processes.
  func fitted() -> TrainingMemory {
    // Asked for once: processes that find different numbers of parts may not wait for each other again.
    let budget = budget
    var memory = fitted(parts: 1, budget)
    let all = processes.communicator.gather([Double(memory.parts), Double(-memory.imagesAtOnce)])
    let pairs = stride(from: 0, to: all.count, by: 2)
    let parts = pairs.map { Int(all[$0]) }.max() ?? 1
    if parts != memory.parts { memory = fitted(parts: parts, budget) }
    memory.imagesAtOnce = pairs.map { Int(-all[$0 + 1]) }.min() ?? 1
    return memory
  }

  /// - Parameter fewest: parts of a batch at least.
  private func fitted(
    parts fewest: Int, _ budget: (bytes: Double, memory: Memory)
  ) -> TrainingMemory {
    let size = configuration.size
    let (bytes, allowed) = budget
    let batch = settings.batch / processes.size
    let inference = inference(size)

    func rest(_ parts: Int) -> Double { remainder(batch: batch / parts, parts: parts, size) }
    /// With tensors for training of so many bytes; samples take their place.
    func whole(_ tensors: Double, parts: Int) -> (bytes: Double, imagesAtOnce: Int) {
      guard let inference else { return (rest(parts) + tensors, 1) }
      // No more than there is, and no fewer than the batch where nobody minds.
      let room = max(tensors, settings.memory == nil ? bytes - rest(parts) : 0)
      let atOnce = max(1, min(batch, inference.largestBatch(within: Int(min(room, 1e18)))))
      return (rest(parts) + max(tensors, inference.bytes(batch: atOnce)), atOnce)
    }
    func memory(_ choice: RecomputationPlanner.Choice, parts: Int) -> TrainingMemory {
      let (all, atOnce) = whole(Double(choice.bytes), parts: parts)
      return TrainingMemory(
        parts: parts, recomputation: choice.slowdown > 0 ? choice.recomputation : nil,
        slowdown: choice.slowdown, bytes: all, imagesAtOnce: atOnce)
    }

    let usual = planner(batch: batch).usual
    let easy = memory(usual, parts: 1)
    if fewest == 1, easy.bytes <= bytes { return easy }
    let one = planner(batch: 1)
    let leastOfOne = Double(one.least.bytes - one.scratchBytes)
    let divisors = (fewest...max(batch, fewest)).filter { batch.isMultiple(of: $0) }
    for parts in divisors {
      // A guess, before the search.
      if leastOfOne * Double(batch / parts) * 0.9 + rest(parts) > bytes { continue }
      let choice = planner(batch: batch / parts).fitting(Int(max(0, bytes - rest(parts))))
      guard let choice else { continue }
      let memory = memory(choice, parts: parts)
      if memory.bytes <= bytes { return memory }
    }
    // One image at a time need not be it: the sum of the parts' gradients takes memory too.
    let leasts = divisors.map { memory(planner(batch: batch / $0).least, parts: $0) }
    var least = leasts.min { $0.bytes < $1.bytes } ?? easy
    if least.bytes <= bytes { return least }
    least.shortage = MemoryShortage(
      "training on \(size.width) x \(size.height) pixels", atLeast: least.bytes,
      available: allowed, wayOut: smallerWork(within: bytes))
    return least
  }

  func planner(batch: Int) -> RecomputationPlanner {
    RecomputationPlanner(
      trainedNetwork.buildGraph(
        batch: batch, height: configuration.images.height, width: configuration.images.width,
        training: true),
      precision: settings.precision.training, on: Machine.backend)
  }

  /// What takes less memory.
  private func smallerWork(within bytes: Double) -> String {
    let fitting = [(64, "random-crop"), (32, "random-crop")].first { side, _ in
      isSmaller(side)
        && NetworkMemory(
          network(width: side, height: side), width: side, height: side, training: true,
          precision: settings.precision.training
        ).bytes(batch: settings.batch / processes.size)
          + remainder(
            batch: settings.batch / processes.size, parts: 1, ImageSize(width: side, height: side))
          <= bytes
    }
    return fitting.map { "use `size` \($0.0) `fit` \($0.1), or a smaller `preset`" }
      ?? "use a smaller `size` or `preset`"
  }

  /// Whether squares of a side are a good deal less than the run's images, and pass the network.
  func isSmaller(_ side: Int) -> Bool {
    let area = configuration.images.width * configuration.images.height
    return 2 * side * side <= area
      && side.isMultiple(of: network(width: side, height: side).strideMultiple)
  }

  /// The network that a run on images of another size has, where it is like this one in all else.
  func network(width: Int, height: Int) -> UNetConfiguration {
    var network = trainedNetwork
    guard let preset = UNetPreset(rawValue: settings.preset) else { return network }
    let other = preset.configuration(
      channels: configuration.channels, width: width, height: height)
    network.channelsPerLevel = other.channelsPerLevel
    network.attentionLevels = other.attentionLevels
    return network
  }
}
