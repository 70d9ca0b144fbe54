internal import Checkpoints
internal import Diffusion
internal import Networks

/// A network that is led away from what a weaker answer has in common with its own:
///
///     output = g(x_t) + w (f(x_t) - g(x_t))
///
/// where g is the same network that is not told the class (classifier-free guidance, Ho & Salimans 2022, eq. 6), or
/// another network that has learned less (autoguidance, Karras et al. 2024, "Guiding a diffusion model with a bad
/// version of itself", eq. 3). w is the guidance: 1 gives f, 0 gives g. As x_0, eps and the velocities follow from each
/// other linearly at one level, it is the same whatever the networks predict. A learned variance is that of f.
struct Guidance {
  /// Who gives the weaker answer.
  enum Weaker {
    /// The network itself, told the class of images of which none is known.
    case withoutClass(Int)
    /// Another network.
    case other(NoisePredictor)
  }

  let scale: Double
  let weaker: Weaker
  let predictor: NoisePredictor

  /// All of the network's output, (N, O, H, W), for images (N, C, H, W) at one timestep.
  func output(_ x: [Float], timestep: Double, count: Int, classes: [Int]?) throws -> [Float] {
    let timesteps = [Double](repeating: timestep, count: count)
    let own, other: [Float]
    switch weaker {
    case .withoutClass(let noClass):
      // Both in one run of 2 N images.
      let both = try predictor.output(
        x + x, timesteps: timesteps + timesteps,
        classes: (classes ?? []) + [Int](repeating: noClass, count: count))
      (own, other) = (Array(both[..<(both.count / 2)]), Array(both[(both.count / 2)...]))
    case .other(let weak):
      own = try predictor.output(x, timesteps: timesteps, classes: classes)
      other = try weak.output(
        x, timesteps: timesteps, classes: weak.network.isClassConditional ? classes : nil)
    }
    let (size, otherSize, imageSize) = (own.count / count, other.count / count, x.count / count)
    let scale = Float(scale)
    var guided = own
    for image in 0..<count {
      for i in 0..<imageSize {
        let (f, g) = (own[image * size + i], other[image * otherSize + i])
        guided[image * size + i] = g + scale * (f - g)
      }
    }
    return guided
  }
}

extension DiffusionModel {
  /// Makes sure that a model can guide this one: the same kind of images, along the same path.
  ///
  /// - Parameter hasClass: whether images of a class are drawn.
  func check(guide: DiffusionModel, hasClass: Bool) throws(SettingError) {
    let (own, other) = (configuration, guide.configuration)
    func require<Value: Equatable>(
      _ path: KeyPath<ModelConfiguration, Value>, _ name: String
    ) throws(SettingError) {
      guard own[keyPath: path] != other[keyPath: path] else { return }
      throw SettingError(
        "guide",
        cause: "has another \(name) than the model; give a snapshot of the same run, or a smaller "
          + "network trained with the same settings")
    }
    try require(\.channels, "number of channels")
    try require(\.size, "image size")
    try require(\.schedule, "noise schedule")
    try require(\.objective, "objective")
    guard other.network.isClassConditional else { return }
    if own.classNames != other.classNames || own.classCount != other.classCount {
      throw SettingError("guide", cause: "has other classes than the model")
    }
    if other.noClass == nil, !hasClass {
      throw SettingError("guide", cause: "needs a class, unlike the model; give `class`")
    }
  }
}
