public import Checkpoints
internal import Compiler
internal import Diffusion
internal import Graph
internal import Networks
internal import SystemPackage

/// The metadata of a checkpoint, and the norms of its weights.
public struct CheckpointInspection: Encodable, Sendable {
  /// The tensors of one kind together.
  public struct Part: Encodable, Sendable {
    /// The group in the file: `model`, `ema`, `optimizer/first_moment`.
    public let name: String
    /// How many tensors.
    public let tensors: Int
    /// How many numbers they have together.
    public let elements: Int
    /// Bytes of the elements.
    public let bytes: Int
    /// What the elements are: `float32`, or in a model file `float16`.
    public let dtype: String
    /// The square root of the sum of all squares; nil where it was not computed or is not finite.
    public let norm: Double?
    /// Tells these weights from others; nil for what are no weights.
    public let fingerprint: String?
  }

  /// A tensor of the network.
  public struct Parameter: Encodable, Sendable {
    /// The path in the network, and in the part's group.
    public let name: String
    /// PyTorch's axes: (O, I, kH, kW), (O, I) or (C).
    public let shape: [Int]
    /// L2 norm of the EMA weights; nil if absent or not finite.
    public let emaNorm: Double?
    /// L2 norm of the latest weights; nil if absent or not finite.
    public let modelNorm: Double?
  }

  /// The program that wrote the file.
  public let creator: String
  /// When it was written, as in `2026-05-01T12:00:00Z`.
  public let created: String
  /// Training steps that the weights have seen.
  public let step: Int
  /// Images that the training has used, each as often as it was used.
  public let imagesSeen: Int
  /// Threads that computed.
  public let threads: Int
  /// The processor's name.
  public let cpu: String
  /// oneDNN's version: `2.6.3`.
  public let onednnVersion: String
  /// Network, schedule and images.
  public let model: ModelConfiguration
  /// The share of the image that is left at the schedule's last timestep, sqrt(alpha_bar).
  public let signalAtEnd: Double
  /// Nil in a checkpoint that was imported.
  public let training: TrainingSettings?
  /// How the average was put together after the training; nil where it is the training's own.
  public let average: AverageOrigin?
  /// What there is to know of the model; nil where the file has no card.
  public let card: String?
  /// Mean loss of the last hundred steps; nil without a history.
  public let recentLoss: Double?
  /// The last one measured.
  public let validationLoss: Double?
  /// How many numbers are learned.
  public let parameterCount: Int
  /// Of one evaluation of one image.
  public let floatingPointOperations: Int
  /// Weights and the optimizer's state, as far as the file has them.
  public let parts: [Part]
  /// In the network's order.
  public let parameters: [Parameter]

  /// Reads a checkpoint's header and weights.
  init(_ path: FilePath, _ format: FileFormat) throws {
    let file = try CheckpointFile(opening: path, as: format)
    let configuration = try CheckpointConfiguration(file)
    let header = file.header
    (creator, created, step) = (header.creator, header.created, header.step)
    (imagesSeen, threads, cpu) = (header.imagesSeen, header.threads, header.cpu)
    onednnVersion = header.oneDNNVersion
    model = configuration.model
    signalAtEnd = try NoiseSchedule(model.schedule).signalAtEnd
    training = configuration.training
    average = configuration.average
    card = header.card
    let history = try file.history()
    recentLoss = Self.recentLoss(history)
    validationLoss =
      configuration.run?.validationLoss
      ?? history.columns["validation_loss"]?.last { !$0.isNaN }

    let network = model.network
    let declarations = network.parameters
    parameterCount = declarations.reduce(0) { $0 + $1.count }
    floatingPointOperations = network.floatingPointOperations(
      width: model.images.width, height: model.images.height)
    var norms: [CheckpointFile.Part: [Double]] = [:]
    var parts: [Part] = []
    for part in try file.parts() {
      var fingerprint: String?
      if part == .model || part == .average {
        // Compared before memory is taken.
        try file.check(part, against: declarations)
        let store = try ParameterStore(declarations, on: Machine.backend)
        try file.read(part, into: store.namedTensors)
        norms[part] = store.namedTensors.map(\.norm)
        fingerprint = Fingerprint.text(of: store.namedTensors, step: header.step)
      }
      let counts = try file.parameters(part).map { $0.shape.reduce(1, *) }
      let elements = counts.reduce(0, +)
      let stored = try file.elements(part)
      let norm = norms[part].flatMap { $0.reduce(0) { $0 + $1 * $1 }.squareRoot().ifFinite }
      parts.append(
        Part(
          name: part.rawValue, tensors: counts.count, elements: elements,
          bytes: stored.bytes, dtype: stored.name, norm: norm, fingerprint: fingerprint))
    }
    self.parts = parts
    parameters = declarations.enumerated().map { index, declaration in
      Parameter(
        name: declaration.name, shape: declaration.shape,
        emaNorm: norms[.average]?[index].ifFinite, modelNorm: norms[.model]?[index].ifFinite)
    }
  }

  /// Whether it is a snapshot of a run's averages, without weights of its own.
  var isSnapshot: Bool {
    !parts.contains { [CheckpointFile.Part.model, .average].map(\.rawValue).contains($0.name) }
  }

  private static func recentLoss(_ history: TrainingHistory) -> Double? {
    let recent = (history.columns["loss"] ?? []).suffix(100).filter(\.isFinite)
    return recent.isEmpty ? nil : recent.reduce(0, +) / Double(recent.count)
  }
}

extension NamedTensor {
  /// The square root of the sum of squares, summed up in double.
  fileprivate var norm: Double {
    read { $0.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot() }
  }
}

extension Double {
  /// JSON has no numbers beside the finite ones.
  fileprivate var ifFinite: Double? { isFinite ? self : nil }
}
