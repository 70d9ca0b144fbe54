internal import Diffusion
internal import Networks

/// A network that is guided to its classes, without a classifier (Ho & Salimans 2022, eq. 6):
///
///     output = f(x_t, none) + g (f(x_t, class) - f(x_t, none))
///
/// g is the guidance, 1 + w in the paper: 1 gives what the network has learned, 0 takes no notice of the
/// class. As x_0, eps and v follow from each other linearly at one timestep, it is the same whatever the
/// network predicts. A learned variance is that of the class.
struct Guidance {
  let scale: Double
  /// The class of images of which none is known.
  let noClass: Int
  let predictor: NoisePredictor

  /// All of the network's output, (N, O, H, W), for images (N, C, H, W) at one timestep: both
  /// evaluations are one run of 2 N images.
  package func output(_ x: [Float], timestep: Double, classes: [Int]) throws -> [Float] {
    let count = classes.count
    let both = try predictor.output(
      x + x, timesteps: [Double](repeating: timestep, count: 2 * count),
      classes: classes + [Int](repeating: noClass, count: count))
    let half = both.count / 2
    let (outputSize, imageSize) = (half / count, x.count / count)
    let scale = Float(scale)
    var guided = Array(both[..<half])
    for i in guided.indices where i % outputSize < imageSize {
      guided[i] = both[half + i] + scale * (both[i] - both[half + i])
    }
    return guided
  }
}
