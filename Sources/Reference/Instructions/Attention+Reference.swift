internal import Compiler
import Foundation

extension Attention: ReferenceInstruction {
  /// s_ij = q_i · k_j / √d,  p_ij = exp(s_ij) / Σ_j exp(s_ij),  y_i = Σ_j p_ij v_j
  ///
  /// with i and j pixels of an image, and the channels of one head; log Σ_j exp(s_ij) is saved.
  func compute(_ memory: inout Memory) {
    let v = memory[value]
    var y = memory.zeros(like: output)
    var saved = memory.zeros(like: logarithms)
    for (n, head) in units(memory) {
      for i in 0..<v.pixels {
        let scores = (0..<v.pixels).map { j in score(memory, n, head, i, j) }
        let most = scores.max() ?? 0
        let sum = scores.reduce(0) { $0 + exp($1 - most) }
        saved.elements[(n * heads + head) * v.pixels + i] = most + log(sum)
        for c in channels(of: head, v) {
          for j in 0..<v.pixels { y[n, c, i] += exp(scores[j] - most) / sum * v[n, c, j] }
        }
      }
    }
    memory.tensors[output] = y
    memory.tensors[logarithms] = saved
  }

  /// All pairs of an image and a head.
  func units(_ memory: Memory) -> [(n: Int, head: Int)] {
    (0..<memory[value].images).flatMap { n in (0..<heads).map { (n, $0) } }
  }

  func channels(of head: Int, _ values: Values) -> Range<Int> {
    let depth = values.shape[3] / heads
    return (head * depth)..<((head + 1) * depth)
  }

  /// s_ij
  func score(_ memory: Memory, _ n: Int, _ head: Int, _ i: Int, _ j: Int) -> Double {
    let (q, k) = (memory[query], memory[key])
    let channels = channels(of: head, q)
    return channels.reduce(0) { $0 + q[n, $1, i] * k[n, $1, j] }
      / Double(channels.count).squareRoot()
  }
}

extension AttentionBackward: ReferenceInstruction {
  /// dv_j = Σ_i p_ij dy_i,  ds_ij = p_ij (v_j - y_i) · dy_i,
  /// dq_i = Σ_j ds_ij k_j / √d,  dk_j = Σ_i ds_ij q_i / √d
  func compute(_ memory: inout Memory) {
    let (q, k, v) = (memory[forward.query], memory[forward.key], memory[forward.value])
    let (y, dy) = (memory[forward.output], memory[outputGradient])
    let logarithms = memory[forward.logarithms]
    var (dq, dk, dv) = (Values(q.shape), Values(k.shape), Values(v.shape))
    for (n, head) in forward.units(memory) {
      let channels = forward.channels(of: head, v)
      let root = Double(channels.count).squareRoot()
      for i in 0..<v.pixels {
        let logarithm = logarithms.elements[(n * forward.heads + head) * v.pixels + i]
        for j in 0..<v.pixels {
          let p = exp(forward.score(memory, n, head, i, j) - logarithm)
          let ds = p * channels.reduce(0) { $0 + (v[n, $1, j] - y[n, $1, i]) * dy[n, $1, i] }
          for c in channels {
            dv[n, c, j] += p * dy[n, c, i]
            dq[n, c, i] += ds * k[n, c, j] / root
            dk[n, c, j] += ds * q[n, c, i] / root
          }
        }
      }
    }
    for (tensor, gradient) in zip(gradients, [dq, dk, dv]) { memory.tensors[tensor] = gradient }
  }
}
