import Compiler
import Foundation
import Graph

/// Computes a graph in float64, each operation written down from its definition: slow, and easy to
/// see right. Images are (N, C, H, W) here, whatever the shapes in the graph say.
struct ReferenceInterpreter {
  let graph: ComputationGraph
  var inputs: [String: [Double]]
  var parameters: [[Double]]
  /// The prediction that a hybrid loss takes for its bound's mean, which has no gradient; nil for its own.
  var heldPrediction: [Double]?

  /// The values of all nodes.
  func evaluate() -> [[Double]] {
    var values: [[Double]] = []
    for node in graph.nodes {
      values.append(value(of: node, node.inputs.map { (graph.nodes[$0].shape, values[$0]) }))
    }
    return values
  }

  /// The values of the output named.
  func output(_ name: String) -> [Double] {
    guard let node = graph.outputs.first(where: { $0.name == name })?.node else { return [] }
    return evaluate()[node]
  }

  /// The mean over the batch of the output "loss".
  var loss: Double {
    let losses = output("loss")
    return losses.reduce(0, +) / Double(losses.count)
  }

  private func value(of node: ComputationGraph.Node, _ inputs: [(shape: [Int], values: [Double])])
    -> [Double]
  {
    let shape = node.shape
    switch node.operation {
    case .input(let name): return self.inputs[name] ?? []
    case .parameter(let index): return parameters[index]
    case .convolution(let stride, let padding):
      return convolution(shape, inputs, stride: stride, padding: padding)
    case .linear:
      return grid(shape[0], shape[1]) { n, o in
        let inner = inputs[0].shape[1]
        return (0..<inner).reduce(inputs[2].values[o]) {
          $0 + inputs[0].values[n * inner + $1] * inputs[1].values[o * inner + $1]
        }
      }
    case .groupNorm(let groups, let epsilon):
      return groupNorm(shape, inputs, groups: groups, epsilon: Double(epsilon))
    case .layerNorm(let epsilon):
      return images(shape) { n, c, y, x in
        let pixel = (0..<shape[3]).map { inputs[0].values[index(shape, n, $0, y, x)] }
        let mean = pixel.reduce(0, +) / Double(shape[3])
        let variance = pixel.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(shape[3])
        return (pixel[c] - mean) / (variance + Double(epsilon)).squareRoot()
          * inputs[1].values[c] + inputs[2].values[c]
      }
    case .silu: return inputs[0].values.map { $0 / (1 + exp(-$0)) }
    case .add: return zip(inputs[0].values, inputs[1].values).map(+)
    case .addShift:
      return images(shape) { n, c, y, x in
        inputs[0].values[index(shape, n, c, y, x)] + inputs[1].values[n * shape[3] + c]
      }
    case .concatenate:
      let first = inputs[0].shape[3]
      return images(shape) { n, c, y, x in
        c < first
          ? inputs[0].values[index(inputs[0].shape, n, c, y, x)]
          : inputs[1].values[index(inputs[1].shape, n, c - first, y, x)]
      }
    case .upsampleNearest:
      return images(shape) { n, c, y, x in
        inputs[0].values[index(inputs[0].shape, n, c, y / 2, x / 2)]
      }
    case .pixelUnshuffle(let r):
      return images(shape) { n, c, y, x in
        inputs[0].values[
          index(inputs[0].shape, n, c / (r * r), y * r + c / r % r, x * r + c % r)]
      }
    case .pixelShuffle(let r):
      return images(shape) { n, c, y, x in
        inputs[0].values[
          index(inputs[0].shape, n, c * r * r + y % r * r + x % r, y / r, x / r)]
      }
    case .attention(let heads): return attention(shape, inputs.map(\.values), heads: heads)
    case .timestepEmbedding(let channels, let flip, let shift):
      return grid(shape[0], channels) { n, c in
        let half = channels / 2
        let angle =
          inputs[0].values[n]
          * pow(10000, -Double(c % half) / (Double(half) - Double(shift)))
        return (c < half) == flip ? cos(angle) : sin(angle)
      }
    case .embedding:
      return grid(shape[0], shape[1]) { n, c in
        inputs[1].values[Int(inputs[0].values[n]) * shape[1] + c]
      }
    case .dropout: return inputs[0].values
    case .meanSquaredError:
      let size = inputs[0].values.count / shape[0]
      return (0..<shape[0]).map { n in
        (0..<size).reduce(0) {
          let difference = inputs[0].values[n * size + $1] - inputs[1].values[n * size + $1]
          return $0 + difference * difference
        } / Double(size) * (inputs.count == 3 ? inputs[2].values[n] : 1)
      }
    case .hybridLoss:
      let size = inputs[1].values.count / shape[0]
      return (0..<shape[0]).map { n in
        let c = Array(inputs[3].values[(6 * n)..<(6 * n + 6)])
        return (0..<size).reduce(0) { sum, i in
          let error = inputs[0].values[2 * n * size + i] - inputs[1].values[n * size + i]
          let held = heldPrediction ?? inputs[0].values
          let d = c[2] * (inputs[1].values[n * size + i] - held[2 * n * size + i])
          let v = inputs[0].values[(2 * n + 1) * size + i]
          let logVariance = (v + 1) / 2 * c[4] + (1 - v) / 2 * c[3]
          let bound =
            c[5] == 1
            ? decoder(d, exp(logVariance).squareRoot(), x0: inputs[2].values[n * size + i])
            : 0.5 * (logVariance - c[3] - 1 + (exp(c[3]) + d * d) / exp(logVariance))
          return sum + c[0] * error * error + c[1] * bound
        } / Double(size)
      }
    }
  }

  private func decoder(_ d: Double, _ s: Double, x0: Double) -> Double {
    let upper = x0 > 0.999 ? 1 : 0.5 * erfc(-(d + 1 / 255.0) / s / 2.0.squareRoot())
    let lower = x0 < -0.999 ? 0 : 0.5 * erfc(-(d - 1 / 255.0) / s / 2.0.squareRoot())
    return -log(upper - lower)
  }

  private func grid(_ rows: Int, _ columns: Int, _ value: (Int, Int) -> Double) -> [Double] {
    (0..<rows).flatMap { row in (0..<columns).map { value(row, $0) } }
  }

  /// shape: (N, H, W, C)
  private func images(_ shape: [Int], _ value: (Int, Int, Int, Int) -> Double) -> [Double] {
    var result: [Double] = []
    for n in 0..<shape[0] {
      for c in 0..<shape[3] {
        for y in 0..<shape[1] { for x in 0..<shape[2] { result.append(value(n, c, y, x)) } }
      }
    }
    return result
  }

  private func index(_ shape: [Int], _ n: Int, _ c: Int, _ y: Int, _ x: Int) -> Int {
    ((n * shape[3] + c) * shape[1] + y) * shape[2] + x
  }

  private func convolution(
    _ shape: [Int], _ inputs: [(shape: [Int], values: [Double])], stride: Int, padding: Padding
  ) -> [Double] {
    let source = inputs[0].shape
    let weight = inputs[1].shape.count == 4 ? inputs[1].shape : inputs[1].shape + [1, 1]
    return images(shape) { n, o, y, x in
      var sum = inputs.count == 3 ? inputs[2].values[o] : 0
      for c in 0..<weight[1] {
        for i in 0..<weight[2] {
          for j in 0..<weight[3] {
            let (row, column) = (y * stride + i - padding.top, x * stride + j - padding.left)
            guard row >= 0, row < source[1], column >= 0, column < source[2] else { continue }
            sum +=
              inputs[0].values[index(source, n, c, row, column)]
              * inputs[1].values[((o * weight[1] + c) * weight[2] + i) * weight[3] + j]
          }
        }
      }
      return sum
    }
  }

  private func groupNorm(
    _ shape: [Int], _ inputs: [(shape: [Int], values: [Double])], groups: Int, epsilon: Double
  ) -> [Double] {
    let size = shape[3] / groups * shape[1] * shape[2]
    let x = inputs[0].values
    var result = x
    for group in 0..<(shape[0] * groups) {
      let part = x[(group * size)..<((group + 1) * size)]
      let mean = part.reduce(0, +) / Double(size)
      let variance = part.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(size)
      for i in part.indices {
        let c = i / (shape[1] * shape[2]) % shape[3]
        result[i] =
          (x[i] - mean) / (variance + epsilon).squareRoot() * inputs[1].values[c]
          + inputs[2].values[c]
      }
    }
    return result
  }

  private func attention(_ shape: [Int], _ qkv: [[Double]], heads: Int) -> [Double] {
    let pixels = shape[1] * shape[2]
    let depth = shape[3] / heads
    var result = [Double](repeating: 0, count: qkv[0].count)
    for head in 0..<(shape[0] * heads) {
      let base = head * depth * pixels
      for i in 0..<pixels {
        let scores = (0..<pixels).map { j in
          (0..<depth).reduce(0) {
            $0 + qkv[0][base + $1 * pixels + i] * qkv[1][base + $1 * pixels + j]
          } / Double(depth).squareRoot()
        }
        let most = scores.max() ?? 0
        let weights = scores.map { exp($0 - most) }
        let sum = weights.reduce(0, +)
        for c in 0..<depth {
          result[base + c * pixels + i] =
            (0..<pixels).reduce(0) { $0 + weights[$1] * qkv[2][base + c * pixels + $1] } / sum
        }
      }
    }
    return result
  }
}
