public import Checkpoints

/// How fast a network trains or samples, and what it spends its time on.
public struct NetworkSpeed: Sendable {
  /// Images a second; in sampling, batch size times evaluations a second.
  public var imagesPerSecond: Double
  /// Of a training step, or of an evaluation of a batch.
  public var secondsPerStep: Double
  /// Billions of operations a second, by the textbook's formulas.
  public var gigaflops: Double
  /// What activations were computed in: f32 or bf16.
  public var precision: TrainingSettings.Precision
  /// Bytes of activations and packed weights.
  public var plannedBytes: Int
  /// The most memory that the process had had by then.
  public var peakMegabytes: Double
  /// A step by kind of work and implementation, longest first.
  public var profile: [Entry]
  /// How far threads, or more of them, find work, where that was asked for.
  public var slack: [Slack]
  /// What a step's convolutions take as bare primitives of oneDNN, each by the algorithm and in the
  /// layout that is fastest for it, with nothing between them.
  public var convolutionSeconds: Double
  /// Billions of operations a second of those.
  public var convolutionGigaflops: Double

  /// Images a second, if there were nothing but these convolutions.
  public var convolutionLimit: Double { imagesPerSecond / shareOfConvolutionLimit }
  /// The part of `convolutionLimit` that is reached.
  public var shareOfConvolutionLimit: Double { convolutionSeconds / secondsPerStep }

  /// The profile without implementations, longest first.
  public var profileByKind: [Entry] {
    Entry.summed(
      profile.map { entry in
        var entry = entry
        entry.implementation = nil
        return entry
      })
  }

  /// A kind of work in a profile.
  public struct Entry: Sendable {
    /// What is done: "convolution", "group norm".
    public var kind: String
    /// oneDNN's code, where it is oneDNN's.
    public var implementation: String?
    /// In a step.
    public var seconds: Double
    /// Billions of operations in a step, by the textbook's formulas.
    public var gigaoperations: Double
    /// Billions of bytes of the tensors that are read and written in a step, each once.
    public var gigabytes: Double

    /// Billions of operations a second.
    public var gigaflops: Double { gigaoperations / max(seconds, 1e-12) }

    /// Billions of bytes a second.
    public var gigabytesPerSecond: Double { gigabytes / max(seconds, 1e-12) }

    /// The part of what the machine can do at most (Williams et al. 2009, "Roofline"), by its arithmetic or its memory,
    /// whichever bounds this work. By the textbook's formulas: an algorithm with fewer operations may pass 1.
    public func share(of peak: MachinePeak) -> (bound: Bound, share: Double) {
      let arithmetic = gigaflops / peak.gigaflops
      let memory = gigabytesPerSecond / peak.gigabytesPerSecond
      return arithmetic > memory ? (.arithmetic, arithmetic) : (.memory, memory)
    }

    /// One entry for each kind and implementation, longest first.
    static func summed(_ entries: [Entry]) -> [Entry] {
      Dictionary(grouping: entries) { [$0.kind, $0.implementation] }.values.map { same in
        var sum = same[0]
        sum.seconds = same.reduce(0) { $0 + $1.seconds }
        sum.gigaoperations = same.reduce(0) { $0 + $1.gigaoperations }
        sum.gigabytes = same.reduce(0) { $0 + $1.gigabytes }
        return sum
      }.sorted { ($1.seconds, $0.kind) < ($0.seconds, $1.kind) }
    }
  }

  /// What a kind of work is bound by.
  public enum Bound: String, Sendable {
    case arithmetic, memory
  }

  /// How far a number of threads would find work.
  public struct Slack: Sendable {
    /// How many.
    public let threads: Int
    /// The part of the work that is in loops of fewer tasks than threads.
    public let narrow: Double
    /// The part of the threads' time that the loops' tasks can fill at best.
    public let efficiency: Double
  }
}
