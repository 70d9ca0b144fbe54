/// Where a checkpoint's averaged weights come from when they were computed after training (post-hoc EMA).
public struct AverageOrigin: Codable, Equatable, Sendable {
  /// The deviation of the steps that the average is of, as a part of all steps.
  public let length: Double
  /// The steps of the snapshots that it was put together from.
  public let snapshots: [Int]
  /// How far the steps' shares are from those of the length, as a part of their norm.
  public let error: Double

  package init(length: Double, snapshots: [Int], error: Double) {
    (self.length, self.snapshots, self.error) = (length, snapshots, error)
  }
}
