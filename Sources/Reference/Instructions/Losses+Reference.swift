internal import Compiler
import Foundation

extension MeanSquaredError: ReferenceInstruction {
  /// loss_n = weight_n mean (y - target)²; its gradient is that of the mean over the batch.
  func compute(_ memory: inout Memory) {
    let (y, target) = (memory[prediction], memory[target])
    let weights = weight.map { memory[$0].elements }
    let size = y.elements.count / y.images
    for n in 0..<y.images {
      let factor = (weights?[n] ?? 1) / Double(size)
      var sum = 0.0
      for i in (n * size)..<((n + 1) * size) {
        let error = y.elements[i] - target.elements[i]
        sum += error * error
        if let gradient {
          memory.tensors[gradient].elements[i] = 2 * factor * error / Double(y.images)
        }
      }
      memory.tensors[output].elements[n] = factor * sum
    }
  }
}

extension HybridLoss: ReferenceInstruction {
  /// The terms that `hybridLoss` in Graph defines. The squared error has a gradient by the prediction's
  /// first half, the bound by its second, the variance's logarithm.
  func compute(_ memory: inout Memory) {
    let (y, target, image) = (memory[prediction], memory[target], memory[image])
    let coefficients = memory[coefficients]
    let size = target.elements.count / target.images
    for n in 0..<target.images {
      let c = (0..<6).map { coefficients[n, $0] }
      var sum = 0.0
      for i in 0..<size {
        let error = y.elements[2 * n * size + i] - target.elements[n * size + i]
        let v = y.elements[(2 * n + 1) * size + i]
        let logVariance = (v + 1) / 2 * c[4] + (1 - v) / 2 * c[3]
        let d = -c[2] * error
        let bound =
          c[5] == 1
          ? decoder(d, logVariance, image: image.elements[n * size + i])
          : divergence(d, logVariance, logPosterior: c[3])
        sum += c[0] * error * error + c[1] * bound.value
        guard let gradient else { continue }
        let count = Double(size * target.images)
        let slope = bound.slope * (c[4] - c[3]) / 2
        memory.tensors[gradient].elements[2 * n * size + i] = c[0] * 2 * error / count
        memory.tensors[gradient].elements[(2 * n + 1) * size + i] = c[1] * slope / count
      }
      memory.tensors[output].elements[n] = sum / Double(size)
    }
  }

  /// A term of the bound, and its derivative by the variance's logarithm.
  private typealias Term = (value: Double, slope: Double)

  /// The Kullback-Leibler divergence of N(d, beta~) from N(0, s²).
  private func divergence(_ d: Double, _ logVariance: Double, logPosterior: Double) -> Term {
    let ratio = (exp(logPosterior) + d * d) / exp(logVariance)
    return ((logVariance - logPosterior - 1 + ratio) / 2, (1 - ratio) / 2)
  }

  /// -log of what N(0, s²) has within 1/255 of d, and beyond at the ends of [-1, 1]; at most -log 1e-12.
  private func decoder(_ d: Double, _ logVariance: Double, image: Double) -> Term {
    let s = exp(logVariance / 2)
    /// Phi(z), and its derivative by log s²: -z phi(z) / 2.
    func distribution(_ z: Double) -> Term {
      (erfc(-z / 2.0.squareRoot()) / 2, -z * exp(-z * z / 2) / (2 * Double.pi).squareRoot() / 2)
    }
    let upper: Term = image > 0.999 ? (1, 0) : distribution((d + 1 / 255.0) / s)
    let lower: Term = image < -0.999 ? (0, 0) : distribution((d - 1 / 255.0) / s)
    let p = upper.value - lower.value
    guard p > 1e-12 else { return (-log(1e-12), 0) }
    return (-log(p), -(upper.slope - lower.slope) / p)
  }
}
