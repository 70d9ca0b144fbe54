import Foundation
import SystemPackage
import TestSupport
import Testing

/// The environment variable `STIPPLE_ISA`.
@Suite struct InstructionSetVariableTests {
  private func run(_ set: String, _ arguments: String) async throws -> ShellRun {
    let folder = try TemporaryFolder()
    return try await ShellRun("STIPPLE_ISA=$1 \"$STIPPLE\" $2", [set, arguments], in: folder.path)
  }

  @Test func `a lower instruction set is computed on`() async throws {
    let run = try await run(
      Tools.leastInstructionSet,
      "benchmark --only sample --preset tiny --batch 1 --size 8 --seconds 0.1 --verbose")
    #expect(run.status == 0, "\(run)")
    #expect(!run.output.contains("avx"), "\(run)")
  }

  @Test(arguments: ["benchmark --only noise --seconds 0.1", "inspect nothing.h5"])
  func `an unknown one is an error that names what can be`(_ arguments: String) async throws {
    let run = try await run("mmx", arguments)
    #expect(run.status == 1, "\(run)")
    // On an emulated processor of ARM oneDNN says first that it cannot read what it is.
    let said = run.output.split(separator: "\n").drop { $0.contains("MIDR_EL1") }
    #expect(
      said.first?.hasPrefix(
        "Error: STIPPLE_ISA: mmx is not an instruction set of this CPU; choose from "
          + Tools.leastInstructionSet) == true, "\(run)")
  }

  // It ended in a precondition before the first image.
  @Test(arguments: [
    "denoise --model $RUN pictures -o new", "denoise --model $RUN pictures -o new --dry-run",
    "denoise pictures -o new", "evaluate $RUN pictures", "evaluate $RUN pictures --dry-run",
    "generate $RUN -o new -n 1", "train pictures -o new", "benchmark --only sample",
  ])
  func `a precision that it has not is refused`(_ arguments: String) async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(2, to: folder / "pictures")
    let run = try await ShellRun(
      "RUN=$2 STIPPLE_ISA=$1; export STIPPLE_ISA; \"$STIPPLE\" \(arguments) --precision bf16",
      [Tools.leastInstructionSet, TrainedRun.shared.path.string], in: folder.path)
    #expect(run.status == 64, "\(run)")
    #expect(
      run.output.contains("Error: --precision: this CPU does not support bfloat16; use f32\n"),
      "\(run)")
  }

  @Test func `no kernels but our own are computed on where that is asked for`() async throws {
    let folder = try TemporaryFolder()
    let run = try await ShellRun(
      "STIPPLE_KERNELS=own \"$STIPPLE\" "
        + "benchmark --only train --preset tiny --batch 1 --size 8 --seconds 0.1 --verbose", [],
      in: folder.path)
    #expect(run.status == 0, "\(run)")
    #expect(run.output.contains("gathered:") && !run.output.contains("jit"), "\(run)")
    let wrong = try await ShellRun(
      "STIPPLE_KERNELS=mine \"$STIPPLE\" inspect nothing.h5", [], in: folder.path)
    #expect(wrong.status == 1, "\(wrong)")
    #expect(
      wrong.output.hasPrefix(
        "Error: STIPPLE_KERNELS: mine is not a choice of kernels; choose from own"), "\(wrong)")
  }

  /// What an emulated processor has and lacks.
  static let emulator = "/usr/bin/qemu-x86_64"

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: emulator)))
  func `a processor below the least is told so`() async throws {
    let folder = try TemporaryFolder()
    func help(on processor: String) async throws -> ShellRun {
      try await ShellRun(
        "\(Self.emulator) -cpu $1 \"$STIPPLE\" --help", [processor], in: folder.path)
    }
    let below = try await help(on: "Opteron_G1")
    #expect(below.status == 1, "\(below)")
    #expect(
      below.output
        == "Error: this processor cannot run stipple: it lacks the instruction cmpxchg16b, which x86-64 "
        + "processors have had since 2006\n", "\(below)")
    let least = try await help(on: "Opteron_G1,+cx16")
    #expect(least.status == 0, "\(least)")
  }
}
