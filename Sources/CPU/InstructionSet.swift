internal import CKernels
package import Compiler

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Instruction sets that kernels run on; each has all that is in those before it of its architecture.
package enum InstructionSet: Int, CaseIterable, Sendable {
  /// Every x86-64 processor; on others than ARM's, what the compiler takes.
  case sse2
  /// x86-64-v3: with FMA and BMI.
  case avx2
  /// x86-64-v4: AVX-512 F, BW, CD, DQ and VL.
  case avx512
  /// With AVX-512's products of bfloat16.
  case avx512bf16
  /// Every 64-bit processor of ARM.
  case neon
  /// With NEON's products of bfloat16 (FEAT_BF16).
  case neonbf16

  /// The environment variable that names one to run on instead of the best.
  package static let variable = "STIPPLE_ISA"

  /// The best that this processor has.
  package static let best = InstructionSet(rawValue: Int(st_best_isa().rawValue)) ?? .sse2

  /// What all kernels run on, ours and oneDNN's: the best of both, or what `STIPPLE_ISA` names.
  package static let current: InstructionSet = {
    guard let name = getenv(variable).map({ String(cString: $0) }),
      let set = try? named(name, upTo: best)
    else {
      let set = OneDNN.bestInstructionSet.map { best.has($0) ? $0 : best } ?? best
      st_set_isa(st_isa(UInt32(set.rawValue)))
      return set
    }
    OneDNN.limit(to: set)
    st_set_isa(st_isa(UInt32(set.rawValue)))
    return set
  }()

  /// Makes sure that `STIPPLE_ISA` is not set, or to what this processor has.
  package static func check() throws(ComputeError) {
    _ = current
    try KernelTable.check()
    guard let name = getenv(variable) else { return }
    _ = try named(String(cString: name), upTo: best)
  }

  /// Whether it has all that is in another.
  package func has(_ other: InstructionSet) -> Bool {
    isOfARM == other.isOfARM && rawValue >= other.rawValue
  }

  private var isOfARM: Bool { rawValue >= Self.neon.rawValue }

  /// The instruction set of a name, which is not above `best`.
  package static func named(
    _ name: String, upTo best: InstructionSet
  ) throws(ComputeError) -> InstructionSet {
    let all = allCases.filter(best.has)
    guard let set = all.first(where: { $0.name == name }) else {
      throw .setting(
        variable, cause: "\(name) is not an instruction set of this CPU",
        choices: all.map(\.name))
    }
    return set
  }

  /// As in `STIPPLE_ISA` and in the names of kernels: "avx512bf16".
  package var name: String { "\(self)" }

  /// As in the names of our kernels of these elements: "avx512_bf16".
  func kernelName(_ elements: ElementType) -> String {
    switch (self, elements) {
    case (.avx512bf16, .float32): "avx512"
    case (.avx512bf16, .bfloat16): "avx512_bf16"
    case (.neonbf16, .float32): "neon"
    case (.neonbf16, .bfloat16): "neon_bf16"
    default: name
    }
  }
}
