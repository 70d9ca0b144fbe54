public import SystemPackage

/// What a training run tells while it runs.
public enum TrainingEvent: Sendable {
  /// Something for people, which also goes to the run's log.
  case note(String)
  /// A step was made.
  case step(Progress)
  /// A picture of samples was written.
  case samples(FilePath)

  /// How far the run is.
  public struct Progress: Sendable {
    /// Steps made, this one included.
    public var step: Int
    /// The run's last step, where it ends by steps.
    public var steps: Int?
    /// Seconds of training in all sessions.
    public var seconds: Double
    /// How many there will be, where the run ends by time.
    public var time: Double?
    /// Averaged over the last hundred steps or so.
    public var loss: Double
    /// In this session.
    public var imagesPerSecond: Double
  }
}

/// How a training run ended.
public struct TrainingOutcome: Sendable {
  /// Steps made in all sessions.
  public var step: Int
  /// Steps made in this one.
  public var stepsNow: Int
  /// Seconds of training in all sessions.
  public var seconds: Double
  /// As it was last measured; nil where no images were kept for it.
  public var validationLoss: Double?
  /// Whether it was asked to stop before its end.
  public var wasInterrupted: Bool
  /// Images that could not be read and were left out.
  public var unreadableImages: Int
  /// The part of this session's time that processes have waited for each other, in their mean; nil of
  /// one process.
  public var waitingShare: Double?
}
