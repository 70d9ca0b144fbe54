import Foundation
import SystemPackage
import TestSupport
import Testing

/// `stipple inspect` from the outside.
@Suite struct InspectTests {
  private struct Inspection: Decodable {
    struct Parameter: Decodable {
      let name: String
      let shape: [Int]
    }

    struct File: Decodable {
      let kind: String
    }

    struct Checkpoint: Decodable {
      let step, parameter_count: Int
      let parameters: [Parameter]
    }

    let file: File
    let checkpoint: Checkpoint?
  }

  @Test func `a checkpoint tells its step, network and parameters`() async throws {
    let run = try await TrainedRun.shared.path.string
    let text = try await ProgramRun(["inspect", run, "--verify"])
    #expect(text.status == 0 && text.errors == "", "\(text)")
    for line in [
      "kind       checkpoint\n", "step       10, 80 images seen\n",
      "schedule   flow, 1000 timesteps, zero terminal SNR\n", "images     32 x 32, RGB\n",
      "conv_in.weight                                32 x 3 x 3 x 3 ",
    ] {
      #expect(text.output.contains(line), "\(text)")
    }
    let json = try await ProgramRun(["inspect", run, "--json"])
    let inspection = try decode(Inspection.self, json)
    #expect(inspection.file.kind == "checkpoint")
    let checkpoint = try #require(inspection.checkpoint)
    #expect(checkpoint.step == 10)
    let parameters = checkpoint.parameters
    #expect(
      parameters.reduce(0) { $0 + $1.shape.reduce(1, *) } == checkpoint.parameter_count)
    #expect(parameters.first { $0.name == "conv_in.weight" }?.shape == [32, 3, 3, 3])
  }

  @Test func `verifying finds a changed byte anywhere`() async throws {
    let folder = try TemporaryFolder()
    let path = try await TrainedRun.shared.path.appending("checkpoints/step-00000010.h5")
    let good = try contents(path)
    for place in stride(from: good.count / 17, to: good.count, by: good.count / 17) {
      var bad = good
      bad[bad.startIndex + place] ^= 4
      try bad.write(to: URL(filePath: (folder / "bad.h5").string))
      let run = try await ProgramRun(["inspect", "bad.h5", "--verify"], in: folder.path)
      #expect(run.status == 1, "byte \(place): \(run)")
      #expect(run.lastError.hasPrefix("Error: bad.h5: "), "byte \(place): \(run)")
    }
  }

  @Test func `a generated image tells how it was made`() async throws {
    let folder = try TemporaryFolder()
    let trained = try await TrainedRun.shared.path.string
    let drawn = try await ProgramRun(
      ["generate", trained, "-o", "images", "-n", "2", "--steps", "3", "--seed", "5"],
      in: folder.path)
    #expect(drawn.status == 0, "\(drawn)")
    let run = try await ProgramRun(["inspect", "images/000001.png"], in: folder.path)
    #expect(run.status == 0, "\(run)")
    for line in [
      "made by  stipple generate\n", "index    1\n", "step     10\n", "seed     5\n",
      "sampler  dpm++2m-sde\n", "steps    3\n",
    ] {
      #expect(run.output.contains(line), "\(run)")
    }
  }

  @Test func `another program's image tells so`() async throws {
    let run = try await ProgramRun(["inspect", TestImages.flowers.appending("000000.png").string])
    #expect(run.status == 0, "\(run)")
    #expect(run.output.contains("pixels   RGB, 8 bits\n"), "\(run)")
  }
}
