internal import Diffusion
internal import Networks

/// What a training makes of a model that was trained before: one that takes few steps, by consistency tuning.
public struct Distillation: Codable, Equatable, Sendable {
  /// The model, as it was named.
  public var teacher: String
  /// Its weights' fingerprint.
  public var fingerprint: String
  /// Sampling steps of the model that comes of it.
  public var steps: Int
  /// Training steps after which the pairs of noise levels come nearer to each other.
  public var stage: Int

  /// A distillation.
  public init(teacher: String, fingerprint: String, steps: Int, stage: Int) {
    (self.teacher, self.fingerprint) = (teacher, fingerprint)
    (self.steps, self.stage) = (steps, stage)
  }
}

extension Distillation: SettingValue {
  /// It is made of a model, and not typed.
  init?(typed text: String) { nil }
  static func form(_ range: SettingRange?) -> String { "by stipple distill" }
  var words: String? {
    "\(teacher) (\(fingerprint)) for \(steps) sampling \(steps == 1 ? "step" : "steps")"
  }

  func fault(_ range: SettingRange) -> String? { range.fault(steps) ?? range.fault(stage) }
}

extension TrainingSettings {
  /// The usual learning rate of a distillation where the model's own was higher (BENCHMARKS.md).
  private static let mostOfDistillation = 2.5e-4

  /// The usual settings of a distillation of a model: how its images are, and what else its training knew of them, are
  /// kept; how it learned is not.
  ///
  /// - Parameters:
  ///   - name: what the user calls the model.
  ///   - steps: sampling steps of the model that comes of it.
  ///   - trainingSteps: the steps of the distillation; nil for 3/16 of the model's own, which take about a quarter of
  ///     their time.
  public init(distilling model: DiffusionModel, named name: String, steps: Int, trainingSteps: Int?)
  {
    self.init(furtherTrainingOf: model)
    timestepSampling = .uniform
    (lossWeighting, inputPerturbation) = (.constant, 0)
    emaDecay = TrainingSettings().emaDecay
    learningRate = min(learningRate, Self.mostOfDistillation)
    let length = trainingSteps ?? max(100, model.step * 3 / 16)
    self.steps = length
    distillation = Distillation(
      teacher: name, fingerprint: model.fingerprint, steps: steps, stage: max(1, length / 8))
  }
}
