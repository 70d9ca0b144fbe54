import CPU
import Compiler
import Foundation
import Testing

@Suite struct InstructionSetTests {
  @Test func `a name is taken up to what the CPU has`() throws {
    #expect(try InstructionSet.named("avx2", upTo: .avx512) == .avx2)
    #expect(try InstructionSet.named("avx512bf16", upTo: .avx512bf16) == .avx512bf16)
    #expect(try InstructionSet.named("sse2", upTo: .sse2) == .sse2)
  }

  @Test(arguments: ["avx512", "AVX2", "neon", ""])
  func `any other name is refused with those that can be`(_ name: String) {
    let error = #expect(throws: ComputeError.self) {
      try InstructionSet.named(name, upTo: .avx2)
    }
    #expect(
      error.map { "\($0)" }
        == "STIPPLE_ISA: \(name) is not an instruction set of this CPU; choose from sse2, avx2")
  }

  @Test func `an instruction set has what those below have, of its architecture alone`() {
    #expect(InstructionSet.avx512bf16.has(.avx2) && InstructionSet.neonbf16.has(.neon))
    #expect(!InstructionSet.avx2.has(.avx512) && !InstructionSet.neon.has(.neonbf16))
    #expect(!InstructionSet.neonbf16.has(.sse2) && !InstructionSet.avx512bf16.has(.neon))
  }

  @Test func `the one that is taken is none that the processor lacks`() {
    #expect(InstructionSet.best.has(.current))
  }

  #if os(Linux)
    /// What tests run on once more: lower instruction sets than this one, and this without oneDNN's kernels.
    struct Machine: CustomTestStringConvertible, Sendable {
      let set: InstructionSet
      let takesOwnOnly: Bool

      var testDescription: String { "\(set)\(takesOwnOnly ? ", own kernels only" : "")" }

      var environment: [String: String] {
        [InstructionSet.variable: set.name].merging(
          takesOwnOnly ? [KernelTable.variable: "own"] : [:]
        ) { $1 }
      }
    }

    private static let machines: [Machine] =
      isForced
      ? []
      : InstructionSet.allCases.filter { InstructionSet.current.has($0) && $0 != .current }.map {
        Machine(set: $0, takesOwnOnly: false)
      } + [Machine(set: .current, takesOwnOnly: true)]

    private static let isForced =
      ProcessInfo.processInfo.environment[InstructionSet.variable] != nil

    /// What computes with kernels that are not the same on every instruction set.
    private static let suites =
      "^(BackendTests\\.(Gradient|Attention|HybridLoss|Program|AdamW|ParameterStore)"
      + "|CPUTests\\.(KernelTable|InnerProducts|Precision|WeightGradient)"
      + "|NetworksTests\\.(UNetBackend|GoldenUNet|GoldenTraining|Implementation))"

    @Test(.serialized, arguments: machines)
    func `all that computes passes its tests on lower instruction sets and without oneDNN`(
      _ machine: Machine
    ) async throws {
      let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).txt")
      try Data().write(to: path)
      defer { try? FileManager.default.removeItem(at: path) }
      let process = Process()
      process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
      process.arguments = ["--testing-library", "swift-testing", "--filter", Self.suites]
      process.environment = ProcessInfo.processInfo.environment.merging(machine.environment) { $1 }
      let file = try FileHandle(forWritingTo: path)
      process.standardOutput = file
      process.standardError = file
      try process.run()
      while process.isRunning { try await Task.sleep(for: .milliseconds(50)) }
      let output = String(decoding: try Data(contentsOf: path), as: UTF8.self)
      let failures = output.split(separator: "\n").filter { $0.contains("✘") }
      #expect(
        process.terminationStatus == 0,
        "\(machine.testDescription):\n\(failures.prefix(20).joined(separator: "\n"))\n\(output.suffix(500))"
      )
      // An empty selection would pass.
      for suite in ["GradientTests", "KernelTableTests", "UNetBackendTests"] {
        #expect(output.contains("Suite \(suite) passed"), "\(machine.testDescription)")
      }
    }
  #endif
}
