internal import Compiler
import Foundation
internal import Random

/// x sigmoid(x)
func silu(_ x: Double) -> Double { x / (1 + exp(-x)) }

/// The derivative of `silu`.
func siluSlope(_ x: Double) -> Double {
  let sigmoid = 1 / (1 + exp(-x))
  return sigmoid * (1 + x * (1 - sigmoid))
}

extension SiLU: ReferenceInstruction {
  func compute(_ memory: inout Memory) {
    memory.tensors[output].elements = memory[input].elements.map(silu)
  }
}

extension SiLUBackward: ReferenceInstruction {
  func compute(_ memory: inout Memory) {
    memory.tensors[inputGradient].elements = zip(
      memory[input].elements, memory[outputGradient].elements
    )
    .map { siluSlope($0) * $1 }
  }
}

extension Add: ReferenceInstruction {
  func compute(_ memory: inout Memory) {
    memory.tensors[output].elements = zip(memory[a].elements, memory[b].elements).map(+)
  }
}

extension AddShift: ReferenceInstruction {
  func compute(_ memory: inout Memory) {
    let (x, shift) = (memory[input], memory[shift])
    memory.fill(output) { n, c, pixel in x[n, c, pixel] + shift[n, c] }
  }
}

extension SumPixels: ReferenceInstruction {
  func compute(_ memory: inout Memory) {
    let x = memory[input]
    memory.fill(output) { n, c, _ in (0..<x.pixels).reduce(0) { $0 + x[n, c, $1] } }
  }
}

extension Dropout: ReferenceInstruction {
  /// An element is kept, and divided by 1 - rate, where its word of the image's stream is at least
  /// rate · 2^32; words are counted in the order (C, H, W).
  func compute(_ memory: inout Memory) {
    let x = memory[input]
    let limit = UInt32(Double(rate) * 4_294_967_296)
    let size = x.elements.count / max(x.images, 1)
    var y = x
    for n in 0..<x.images {
      let words = RandomStream(
        seed: memory.state.dropoutSeed, purpose: .dropout,
        index: Int(memory.state.dropoutFirstImage) + n, step: Int(memory.state.dropoutStep),
        site: site
      ).words(size)
      for (i, word) in words.enumerated() {
        let kept = x.elements[n * size + i] / (1 - Double(rate))
        y.elements[n * size + i] = word >= limit ? kept : 0
      }
    }
    memory.tensors[output] = y
  }
}
