package import Compiler
internal import Graph

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Which code serves which work, element type and instruction set.
///
/// There is nothing beside it: code that is not in the table is not run, and work that the table has no row
/// for stops the program when it is compiled.
package enum KernelTable {
  /// What instructions ask for, as far as it makes a difference to the code.
  package enum Work: CaseIterable, Sendable {
    /// 3 x 3 pixels, stride 1 and a border of one, of images that are larger than a few tiles; or its input
    /// gradient.
    case convolution3x3
    /// Any other convolution or input gradient.
    case convolution
    /// The weight gradient of what `convolution3x3` is.
    case weightGradient3x3
    case weightGradient
    /// Forward or backward.
    case attention
    /// A matrix product of rows (N, C).
    case linear
    /// Its gradients, also matrix products.
    case linearGradient
    /// What is bound by memory.
    case pass
  }

  /// What there is.
  package enum Code: Sendable {
    /// Winograd's algorithm (winograd.h).
    case winograd
    /// A matrix product of gathered pixels (convolution.h).
    case gathered
    /// A matrix product for each of a filter's taps (tap_gradient.h).
    case taps
    /// oneDNN's primitives and matrix products.
    case oneDNN
    /// Attention of our matrix products (attention_body.h).
    case products
    /// Loops, in C compiled for each instruction set (dispatch.h).
    case loops
  }

  /// Code that serves some work on images of these elements, from these instruction sets upwards.
  package struct Row: Sendable {
    let work: Work
    let elements: ElementType
    let from: [InstructionSet]
    let code: Code
  }

  /// Of the rows that fit, the first is taken.
  package static let rows: [Row] = [
    Row(work: .convolution3x3, elements: .float32, from: [.sse2, .neon], code: .winograd),
    Row(work: .convolution3x3, elements: .bfloat16, from: bfloat16, code: .winograd),
    Row(work: .convolution, elements: .float32, from: [.avx512], code: .oneDNN),
    Row(work: .convolution, elements: .float32, from: [.sse2, .neon], code: .gathered),
    Row(work: .convolution, elements: .bfloat16, from: [.avx512bf16], code: .oneDNN),
    Row(work: .convolution, elements: .bfloat16, from: bfloat16, code: .gathered),
    Row(work: .weightGradient3x3, elements: .float32, from: [.sse2, .neon], code: .winograd),
    Row(work: .weightGradient3x3, elements: .bfloat16, from: bfloat16, code: .winograd),
    Row(work: .weightGradient, elements: .float32, from: [.sse2, .neon], code: .taps),
    Row(work: .weightGradient, elements: .bfloat16, from: bfloat16, code: .taps),
    Row(work: .attention, elements: .float32, from: [.sse2, .neon], code: .products),
    Row(work: .attention, elements: .bfloat16, from: bfloat16, code: .products),
    Row(work: .linear, elements: .float32, from: [.sse2, .neon], code: .loops),
    Row(work: .linearGradient, elements: .float32, from: [.avx2], code: .oneDNN),
    Row(work: .linearGradient, elements: .float32, from: [.sse2, .neon], code: .loops),
    Row(work: .pass, elements: .float32, from: [.sse2, .neon], code: .loops),
    Row(work: .pass, elements: .bfloat16, from: bfloat16, code: .loops),
  ]

  /// Instruction sets with products of bfloat16.
  private static let bfloat16: [InstructionSet] = [.avx512bf16, .neonbf16]

  /// The environment variable that, where it is "own", has oneDNN's rows left out.
  package static let variable = "STIPPLE_KERNELS"

  /// Whether code of our own serves everything, as it does where oneDNN has none that is fast.
  package static let takesOwnOnly = getenv(variable).map { String(cString: $0) } == "own"

  /// Makes sure that `STIPPLE_KERNELS` is not set, or to what there is.
  static func check() throws(ComputeError) {
    guard let name = getenv(variable), !takesOwnOnly else { return }
    throw .setting(
      variable, cause: "\(String(cString: name)) is not a choice of kernels", choices: ["own"])
  }

  /// What serves `work`; nil where nothing does.
  package static func code(
    for work: Work, _ elements: ElementType, _ set: InstructionSet
  ) -> Code? {
    rows.first {
      $0.work == work && $0.elements == elements && $0.from.contains(where: set.has)
        && !(takesOwnOnly && $0.code == .oneDNN)
    }?.code
  }

  /// Whether images of these elements are computed on at all.
  package static func supports(_ elements: ElementType, _ set: InstructionSet) -> Bool {
    code(for: .pass, elements, set) != nil
  }

  /// What an instruction asks for.
  static func work(_ instruction: Instruction, _ schedule: Schedule) -> Work {
    switch instruction {
    case .convolution(let it):
      return it.shape.suitsWinograd(schedule.shapes[it.input]) ? .convolution3x3 : .convolution
    case .convolutionInputGradient(let it):
      return it.shape.suitsWinograd(schedule.shapes[it.inputGradient])
        ? .convolution3x3 : .convolution
    case .convolutionWeightGradient(let it):
      return it.shape.suitsWinograd(schedule.shapes[it.input])
        ? .weightGradient3x3 : .weightGradient
    case .attention, .attentionBackward: return .attention
    case .linear: return .linear
    case .linearBackward: return .linearGradient
    case .dropout, .timestepEmbedding, .embeddingLookup, .embeddingBackward, .hybridLoss,
      .meanSquaredError, .normalization, .renormalization, .normalizationBackward, .silu,
      .siluBackward, .add, .addShift, .sumPixels, .upsample, .upsampleBackward, .pixelShuffle,
      .concatenate, .split:
      return .pass
    }
  }

  /// Whether all loops of an instruction are ours, and not oneDNN's.
  package static func isOurs(_ instruction: Instruction, _ schedule: Schedule) -> Bool {
    code(for: instruction, schedule) != .oneDNN
  }

  /// What serves an instruction on this machine.
  static func code(for instruction: Instruction, _ schedule: Schedule) -> Code {
    let tensors = instruction.reads + instruction.writes
    let elements: ElementType =
      tensors.contains { schedule.precisions[$0] == .bfloat16 } ? .bfloat16 : .float32
    let set = InstructionSet.current
    guard let code = code(for: work(instruction, schedule), elements, set) else {
      preconditionFailure("no kernel of \(instruction.kind) in \(elements) on \(set)")
    }
    return code
  }
}

extension ConvolutionShape {
  /// The choice depends on the size of an image alone, so that an image gets the same values in every batch,
  /// and a run that is resumed the same rounding. An image of 4 x 4 is no more than a tile or four.
  ///
  /// - Parameter input: (N, H, W, C)
  fileprivate func suitsWinograd(_ input: [Int]) -> Bool {
    kernel == [3, 3] && stride == 1 && padding == .all(1) && min(input[1], input[2]) >= 8
  }
}
