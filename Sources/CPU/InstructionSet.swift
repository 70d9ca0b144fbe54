internal import CKernels
package import Compiler

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Instruction sets that kernels run on; each has all that is in those before it.
package enum InstructionSet: Int, CaseIterable, Comparable, Sendable {
  /// Every x86-64 processor; all that other processors run is compiled for them, too.
  case sse2
  /// x86-64-v3: with FMA and BMI.
  case avx2
  /// x86-64-v4: AVX-512 F, BW, CD, DQ and VL.
  case avx512
  /// With AVX-512's products of bfloat16.
  case avx512bf16

  /// The environment variable that names one to run on instead of the best.
  package static let variable = "STIPPLE_ISA"

  /// The best that this processor has.
  package static let best = InstructionSet(rawValue: Int(st_best_isa().rawValue)) ?? .sse2

  /// What all kernels run on, ours and oneDNN's: the best of both, or what `STIPPLE_ISA` names.
  package static let current: InstructionSet = {
    guard let name = getenv(variable).map({ String(cString: $0) }),
      let set = try? named(name, upTo: best)
    else {
      let set = min(best, OneDNN.bestInstructionSet)
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
    guard let name = getenv(variable) else { return }
    _ = try named(String(cString: name), upTo: best)
  }

  /// The instruction set of a name, which is not above `best`.
  package static func named(
    _ name: String, upTo best: InstructionSet
  ) throws(ComputeError) -> InstructionSet {
    let all = allCases.filter { $0 <= best }
    guard let set = all.first(where: { $0.name == name }) else {
      throw .setting(
        variable, cause: "\(name) is not an instruction set of this CPU",
        choices: all.map(\.name))
    }
    return set
  }

  /// As in `STIPPLE_ISA` and in the names of kernels: "avx512bf16".
  package var name: String { "\(self)" }

  /// How many channels of images lie together: as many floats as a register holds, which is also what
  /// oneDNN's convolutions like best.
  package var channelBlock: Int { self >= .avx512 ? 16 : 8 }

  package static func < (a: InstructionSet, b: InstructionSet) -> Bool { a.rawValue < b.rawValue }
}
