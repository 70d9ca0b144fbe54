/// Images of two pixels that depend on each other, normally distributed, of which everything is known.
struct GaussianPair {
  let mean: (Double, Double)
  /// The variances of the two pixels and their covariance.
  let covariance: (Double, Double, Double)

  /// E[eps | x_t] of images one after another, as a perfect network gives it:
  /// sqrt(1 - abar) (abar S + (1 - abar) I)^-1 (x_t - sqrt(abar) m).
  func epsilon(_ x: [Float], alphaBar: Double) -> [Float] {
    let noise = 1 - alphaBar
    let (a, b, c) = (
      alphaBar * covariance.0 + noise, alphaBar * covariance.1 + noise, alphaBar * covariance.2
    )
    let scale = noise.squareRoot() / (a * b - c * c)
    var epsilon = x
    for first in stride(from: 0, to: x.count, by: 2) {
      let u = Double(x[first]) - alphaBar.squareRoot() * mean.0
      let v = Double(x[first + 1]) - alphaBar.squareRoot() * mean.1
      epsilon[first] = Float(scale * (b * u - c * v))
      epsilon[first + 1] = Float(scale * (a * v - c * u))
    }
    return epsilon
  }
}
