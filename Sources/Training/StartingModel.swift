internal import Checkpoints
internal import Compiler
internal import Networks
internal import SystemPackage
internal import Text

/// The model that a training starts from.
struct StartingModel {
  let model: DiffusionModel
  /// Whether its classes are those of the new training.
  private let keepsClasses: Bool

  /// - Parameters:
  ///   - name: what the user calls the model.
  ///   - configuration: of the network that is trained.
  ///   - preset: what the user calls that.
  /// - Throws: `SettingError` where the networks have other blocks.
  init(
    _ model: DiffusionModel, named name: String, for configuration: ModelConfiguration,
    preset: String
  ) throws(SettingError) {
    self.model = model
    let own = model.configuration
    keepsClasses = own.classNames == configuration.classNames
    func refuse(_ cause: String) -> SettingError {
      SettingError(TrainingSettings.CodingKeys.startFrom.rawValue, cause: cause)
    }
    if own.channels != configuration.channels {
      throw refuse(
        "\(name) is for \(Readable.channels(own.channels)) images; give `channels` \(own.channels)")
    }
    guard own.network.hasSameBlocks(as: configuration.network) else {
      let levels = configuration.network.channelsPerLevel.count
      throw refuse(
        "\(name) has another network than preset \(preset) with \(levels) levels; leave out `preset` and "
          + "`levels` to use the model's own")
    }
  }

  /// In a line.
  var summary: String {
    "starts from step \(model.step) of \(model.file?.string ?? "a model") (\(model.fingerprint))"
  }

  /// Copies the weights of all that the networks share; what they are told beside the image may differ.
  func give(to parameters: ParameterStore) {
    parameters.copy(matching: model.parameters) {
      keepsClasses || !$0.hasPrefix("class_embedding")
    }
  }
}
