internal import Compiler
import Foundation

// Instructions on rows (N, C).

extension Linear: ReferenceInstruction {
  /// y = x Wᵀ + b
  func compute(_ memory: inout Memory) {
    let x = memory[input]
    let (w, b) = (memory.parameters[weight], bias.map { memory.parameters[$0] })
    let inner = x.shape[1]
    memory.fill(output) { n, o, _ in
      (0..<inner).reduce(b?[o] ?? 0) { $0 + x[n, $1] * w[o * inner + $1] }
    }
  }
}

extension LinearBackward: ReferenceInstruction {
  /// dx = dy W,  dW = dyᵀ x,  db = Σ dy
  func compute(_ memory: inout Memory) {
    let (x, dy) = (memory[forward.input], memory[outputGradient])
    let w = memory.parameters[forward.weight]
    let (inner, columns) = (x.shape[1], dy.shape[1])
    var dw = [Double](repeating: 0, count: columns * inner)
    var db = [Double](repeating: 0, count: columns)
    for n in 0..<x.images {
      for o in 0..<columns {
        db[o] += dy[n, o]
        for i in 0..<inner { dw[o * inner + i] += dy[n, o] * x[n, i] }
      }
    }
    memory.add(dw, toGradient: forward.weight)
    if let bias = forward.bias { memory.add(db, toGradient: bias) }
    guard let inputGradient else { return }
    memory.fill(inputGradient) { n, i, _ in
      (0..<columns).reduce(0) { $0 + dy[n, $1] * w[$1 * inner + i] }
    }
  }
}

extension TimestepEmbedding: ReferenceInstruction {
  /// sin(t f_c) and cos(t f_c) with f_c = 10000^(-c / (half - shift)); 0 in a channel that is left over.
  func compute(_ memory: inout Memory) {
    let t = memory[input].elements
    let channels = memory[output].shape[1]
    let half = channels / 2
    memory.fill(output) { n, c, _ in
      if c == 2 * half { return 0 }
      let exponent = Double(c % half) / (Double(half) - Double(frequencyShift))
      let angle = t[n] * pow(10000, -exponent)
      return (c < half) == flipSineToCosine ? cos(angle) : sin(angle)
    }
  }
}

extension EmbeddingLookup: ReferenceInstruction {
  /// The row of the table that the index names.
  func compute(_ memory: inout Memory) {
    let index = memory[index].elements
    let table = memory.parameters[table]
    let channels = memory[output].shape[1]
    memory.fill(output) { n, c, _ in table[Int(index[n]) * channels + c] }
  }
}

extension EmbeddingBackward: ReferenceInstruction {
  /// A row's gradient is the sum over those that were given it.
  func compute(_ memory: inout Memory) {
    let index = memory[forward.index].elements
    let dy = memory[outputGradient]
    let channels = dy.shape[1]
    var gradient = [Double](repeating: 0, count: forward.rows * channels)
    for n in 0..<dy.images {
      for c in 0..<channels { gradient[Int(index[n]) * channels + c] += dy[n, c] }
    }
    memory.add(gradient, toGradient: forward.table)
  }
}
