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

  @Test func `images lie in blocks of as many channels as a register holds`() {
    #expect(InstructionSet.allCases.map(\.channelBlock) == [8, 8, 16, 16])
    #expect(CPUBackend().target.channelBlock == InstructionSet.current.channelBlock)
    #expect(InstructionSet.current <= InstructionSet.best)
  }

  #if os(Linux)
    /// Those below the one that these tests run on.
    private static let lower =
      isForced ? [] : InstructionSet.allCases.filter { $0 < InstructionSet.current }

    private static let isForced =
      ProcessInfo.processInfo.environment[InstructionSet.variable] != nil

    /// What computes with kernels that are not the same on every instruction set.
    private static func suites(_ set: InstructionSet) -> String {
      var suites = [
        "BackendTests\\.(Gradient|Attention|HybridLoss|Program|AdamW|ParameterStore)",
        "CPUTests\\.(KernelTable|InnerProducts|Precision)", "NetworksTests\\.UNetBackend",
      ]
      // Below, oneDNN takes minutes for the gradients of larger images.
      if set >= .avx2 {
        suites += [
          "CPUTests\\.WeightGradient", "NetworksTests\\.(GoldenUNet|GoldenTraining|Implementation)",
        ]
      }
      return "^(\(suites.joined(separator: "|")))"
    }

    @Test(.serialized, arguments: lower)
    func `all that computes passes its tests on lower instruction sets`(
      _ set: InstructionSet
    ) async throws {
      let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).txt")
      try Data().write(to: path)
      defer { try? FileManager.default.removeItem(at: path) }
      let process = Process()
      process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
      process.arguments = ["--testing-library", "swift-testing", "--filter", Self.suites(set)]
      process.environment = ProcessInfo.processInfo.environment.merging(
        [InstructionSet.variable: set.name]
      ) { $1 }
      let file = try FileHandle(forWritingTo: path)
      process.standardOutput = file
      process.standardError = file
      try process.run()
      while process.isRunning { try await Task.sleep(for: .milliseconds(50)) }
      let output = String(decoding: try Data(contentsOf: path), as: UTF8.self)
      let failures = output.split(separator: "\n").filter { $0.contains("✘") }
      #expect(
        process.terminationStatus == 0,
        "\(set):\n\(failures.prefix(20).joined(separator: "\n"))\n\(output.suffix(500))")
      // An empty selection would pass.
      for suite in ["GradientTests", "KernelTableTests", "UNetBackendTests"] {
        #expect(output.contains("Suite \(suite) passed"), "\(set)")
      }
    }
  #endif
}
