// What instructions cost: the bytes that they have to move, and a model of their time.
extension Schedule {
  /// Bytes of the tensors that an instruction reads and writes, each once.
  package func bytesMoved(_ instruction: Instruction) -> Int {
    (instruction.reads + instruction.writes).reduce(0) {
      $0 + storageCount($1) * MemoryLayout<Float>.stride
    }
  }

  /// How long an instruction takes on two cores of a server of 2023, as far as it matters for what is cheaper than
  /// another: products at the speed that kernels of their kind reach, all else at that of memory.
  func modeledSeconds(_ instruction: Instruction) -> Double {
    let bytes = Double(bytesMoved(instruction))
    let operations = instruction.operations(self)
    let isHalf = imagePrecision == .bfloat16
    let perSecond: Double =
      switch instruction {
      // Of small heads the exponentials take as long as the products.
      case .attention, .attentionBackward: isHalf ? 2.2e11 : 1.6e11
      case .convolution(let it) where it.shape.area == 1: isHalf ? 1.5e11 : 1.2e11
      default: isHalf ? 3.5e11 : 2.5e11
      }
    return operations / perSecond + bytes / 2e10
  }
}
