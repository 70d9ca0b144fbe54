public import Checkpoints
public import SystemPackage

/// Why a diffusers folder did not become a checkpoint, or a checkpoint another file.
public enum ConversionError: Error, Equatable, Sendable {
  /// The file to be written already exists.
  case exists(FilePath)
  /// The folder does not say which size of images the network is for.
  case noImageSize(FilePath)
  /// An image size, beside those nearest to it that the network can have.
  case imageSize(FilePath, cause: String)
  /// A network that predicts the noise, of a schedule that ends in nothing else.
  case noiseOfNoise(FilePath)
  /// A network that is not one from images to images, with their variances where those are learned.
  case channels(FilePath, input: Int, output: Int)
  /// A table of timesteps that is shorter than the schedule.
  case learnedTimesteps(FilePath, rows: Int, timesteps: Int)
  /// A table of timesteps, and a scheduler that tells a network of noise levels instead.
  case timestepsOfPath(FilePath, schedule: String)
  /// A network to be exported that `UNet2DModel` cannot be.
  case unknownToDiffusers(FilePath)
  /// A noise schedule that diffusers knows with one objective alone, or not with that of the path.
  case pathUnknownToDiffusers(FilePath, schedule: String, objective: String)
  /// A distilled model of another path than that of Karras et al. 2022, which diffusers' scheduler does not know.
  case distilledUnknownToDiffusers(FilePath, schedule: String, objective: String)
  /// A distilled model of more sampling steps than its network's embedding of the level tells apart in diffusers.
  case manySteps(FilePath, steps: Int, most: Int)
  /// A parameter with values that are infinite or no numbers.
  case notFinite(FilePath, parameter: String)
  /// A parameter with a value that a model file's numbers do not reach to.
  case outOfRange(FilePath, parameter: String, value: Float, type: WeightType)
}

extension ConversionError: CustomStringConvertible {
  /// `<path>: <what failed>: <cause>[; <way out>]`.
  public var description: String {
    switch self {
    case .exists(let path):
      return
        "\(path): not written: the file exists already; give another name, or `overwrite` to replace it"
    case .noImageSize(let folder):
      return """
        \(folder): cannot be imported: its config.json has no sample_size; give the images' size \
        with `size`
        """
    case .imageSize(let folder, let cause):
      return "\(folder): cannot be imported: \(cause)"
    case .noiseOfNoise(let folder):
      return """
        \(folder): cannot be imported: rescale_betas_zero_snr cannot be combined with prediction_type epsilon
        """
    case .channels(let folder, let input, let output):
      return """
        \(folder): cannot be imported: the network has \(input) input and \(output) output \
        channels; Stipple's have 1, 3 or 4 of both, or twice as many of the output where variance_type is \
        learned_range or learned
        """
    case .learnedTimesteps(let folder, let rows, let timesteps):
      return """
        \(folder): cannot be imported: the network has learned \(rows) timesteps, and the schedule \
        has \(timesteps)
        """
    case .timestepsOfPath(let folder, let schedule):
      return """
        \(folder): cannot be imported: the network has learned a table of timesteps, and its scheduler \(schedule) has \
        noise levels between them
        """
    case .unknownToDiffusers(let folder):
      return """
        \(folder): not written: diffusers' UNet2DModel has no layer norm and no pixel unshuffle, which the presets denoiser and restoration use
        """
    case .pathUnknownToDiffusers(let folder, let schedule, let objective):
      return """
        \(folder): not written: diffusers has no scheduler for schedule \(schedule) with objective \(objective)
        """
    case .distilledUnknownToDiffusers(let folder, let schedule, let objective):
      return """
        \(folder): not written: diffusers' CMStochasticIterativeScheduler is for distilled models of schedule edm and \
        objective edm, and this one has schedule \(schedule) and objective \(objective); export a model file, such as \
        \(folder).h5
        """
    case .manySteps(let folder, let steps, let most):
      return """
        \(folder): not written: the model was distilled for \(steps) steps; for diffusers this network may have at \
        most \(most)
        """
    case .notFinite(let path, let parameter):
      return "\(path): cannot be imported: \(parameter) has values that are not finite"
    case .outOfRange(let path, let parameter, let value, let type):
      return """
        \(path): not written: \(parameter) has the value \(value), which is out of \(type.rawValue)'s range; \
        use `dtype` float32
        """
    }
  }
}
