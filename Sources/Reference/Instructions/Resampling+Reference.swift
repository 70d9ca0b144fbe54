internal import Compiler

extension Upsample: ReferenceInstruction {
  func compute(_ memory: inout Memory) {
    let x = memory[input]
    let width = memory[output].shape[2]
    memory.fill(output) { n, c, pixel in x[n, c, pixel / width / 2, pixel % width / 2] }
  }
}

extension UpsampleBackward: ReferenceInstruction {
  func compute(_ memory: inout Memory) {
    let dy = memory[outputGradient]
    let width = memory[inputGradient].shape[2]
    memory.fill(inputGradient) { n, c, pixel in
      let (y, x) = (2 * (pixel / width), 2 * (pixel % width))
      return dy[n, c, y, x] + dy[n, c, y, x + 1] + dy[n, c, y + 1, x] + dy[n, c, y + 1, x + 1]
    }
  }
}

extension PixelShuffle: ReferenceInstruction {
  /// Channel r² c + r i + j of pixel (y, x) is channel c of pixel (r y + i, r x + j), r being the factor.
  func compute(_ memory: inout Memory) {
    let x = memory[input]
    let (r, width) = (factor, memory[output].shape[2])
    memory.fill(output) { n, c, pixel in
      let (row, column) = (pixel / width, pixel % width)
      return unshuffles
        ? x[n, c / (r * r), row * r + c / r % r, column * r + c % r]
        : x[n, c * r * r + row % r * r + column % r, row / r, column / r]
    }
  }
}

extension Concatenate: ReferenceInstruction {
  func compute(_ memory: inout Memory) {
    let (a, b) = (memory[first], memory[second])
    let channels = a.shape[3]
    memory.fill(output) { n, c, pixel in
      c < channels ? a[n, c, pixel] : b[n, c - channels, pixel]
    }
  }
}

extension Split: ReferenceInstruction {
  func compute(_ memory: inout Memory) {
    let x = memory[input]
    let channels = memory[first].shape[3]
    memory.fill(first) { n, c, pixel in x[n, c, pixel] }
    memory.fill(second) { n, c, pixel in x[n, channels + c, pixel] }
  }
}
