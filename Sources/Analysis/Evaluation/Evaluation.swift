public import Checkpoints
internal import Sampling
public import SystemPackage
internal import Text

/// How well a model fits images: the variational bound in bits per dimension, and the loss that it is
/// trained for.
public struct Evaluation: Sendable, Encodable {
  /// A range of timesteps.
  public struct Row: Sendable, Encodable {
    /// The first timestep.
    public let first: Int
    /// The last timestep.
    public let last: Int
    /// The bound's term of one timestep, in bits per dimension.
    public internal(set) var bits = Estimate()
    /// The mean squared error of what the network predicts.
    public internal(set) var loss = Estimate()
  }

  /// Images measured.
  public internal(set) var images = 0
  /// The bound in bits per dimension: no more than so many does the model need for a pixel's channel.
  public internal(set) var bound = Estimate()
  /// L_T: what the last timestep still tells of an image.
  public internal(set) var prior = Estimate()
  /// L_1 to L_{T-1}: the steps from noise to image.
  public internal(set) var denoising = Estimate()
  /// L_0: the last step, to whole gray levels.
  public internal(set) var decoder = Estimate()
  /// The loss over all timesteps alike.
  public internal(set) var loss = Estimate()
  /// By timestep, from the least noise to the most.
  public internal(set) var rows: [Row]
  /// Why images were left out, each with its path.
  public internal(set) var failures: [String] = []

  /// Animations among the images, whose still image alone counts.
  public internal(set) var animations = 0

  private enum CodingKeys: CodingKey { case images, failures, evaluate }
  private enum CountKeys: CodingKey { case evaluated, failed, animations }
  private enum FigureKeys: CodingKey { case bound, prior, denoising, decoder, loss, timesteps }

  /// Writes one object: `images`, `failures` and `evaluate`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(failures, forKey: .failures)
    var counts = container.nestedContainer(keyedBy: CountKeys.self, forKey: .images)
    try counts.encode(images, forKey: .evaluated)
    try counts.encode(failures.count, forKey: .failed)
    try counts.encode(animations, forKey: .animations)
    var figures = container.nestedContainer(keyedBy: FigureKeys.self, forKey: .evaluate)
    try figures.encode(bound, forKey: .bound)
    try figures.encode(prior, forKey: .prior)
    try figures.encode(denoising, forKey: .denoising)
    try figures.encode(decoder, forKey: .decoder)
    try figures.encode(loss, forKey: .loss)
    try figures.encode(rows, forKey: .timesteps)
  }

  init(_ strata: TimestepStrata) {
    rows = strata.ranges.map { Row(first: $0.lowerBound, last: $0.upperBound - 1) }
  }

  /// The first line of the CSV.
  fileprivate static let csvHeader =
    "first_timestep,last_timestep,bits_per_dim,bits_error,loss,loss_error"

  /// The curve as CSV: a row a range of timesteps.
  public var csv: String {
    let lines = rows.map { row in
      "\(row.first),\(row.last),\(row.bits.mean),\(row.bits.standardError.map { "\($0)" } ?? ""),"
        + "\(row.loss.mean),\(row.loss.standardError.map { "\($0)" } ?? "")"
    }
    return ([Self.csvHeader] + lines).joined(separator: "\n") + "\n"
  }

  /// Writes the curve as CSV.
  public func write(to path: FilePath) throws { try CSV.write(csv, to: path) }
}

extension OutputKind {
  /// The curve of `stipple evaluate`.
  public static let curve = text(
    "a CSV file by stipple evaluate", suffix: "csv", Evaluation.csvHeader + "\n")
}
