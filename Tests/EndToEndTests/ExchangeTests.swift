import Foundation
import SystemPackage
import TestSupport
import Testing

/// `stipple export` to diffusers and `stipple import` from the outside; `tools/parity` asks diffusers itself.
@Suite struct ExchangeTests {
  @Test func `a network that goes out and comes in draws the same images`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(16, to: folder / "pictures")
    let run = "run"
    for command in [
      TrainedRun.train("pictures", run, steps: 2, "--recipe", "ddpm", "--augment", "0.1", "--json"),
      ["export", run, "-o", "diffusers", "--json"],
      ["import", "diffusers", "-o", "back.h5", "--json"],
      ["export", "back.h5", "-o", "again", "--json"],
      ["generate", run, "-o", "here", "-n", "2", "--steps", "2"],
      ["generate", "back.h5", "-o", "there", "-n", "2", "--steps", "2"],
    ] {
      let done = try await ProgramRun(command, in: folder.path)
      #expect(done.status == 0, "\(done)")
      if command.contains("--json") {
        #expect(throws: Never.self) {
          try JSONSerialization.jsonObject(with: Data(done.output.utf8))
        }
      }
    }
    #expect(
      try names(in: folder / "diffusers") == [
        "config.json", "diffusion_pytorch_model.safetensors", "model_index.json",
        "scheduler_config.json",
      ])
    for name in try names(in: folder / "diffusers") {
      let (first, second) = try (
        contents(folder / "diffusers/\(name)"), contents(folder / "again/\(name)")
      )
      #expect(first == second, "\(name)")
    }
    for name in ["000000.png", "000001.png"] {
      #expect(
        try TestImages.pixels(folder / "here/\(name)")
          == TestImages.pixels(folder / "there/\(name)"))
    }
  }

  @Test func `a recipe is a flag or a line of a file, and options override it`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(4, to: folder / "pictures")
    try Data("recipe: flow\nwarmup: 3\n".utf8)
      .write(to: URL(filePath: (folder / "flow.yaml").string))
    for (run, arguments, lines) in [
      (
        "edm", ["--recipe", "edm", "--lr-schedule", "constant"],
        [
          "recipe: edm", "objective: edm", "schedule: edm", "timestep-sampling: log-normal",
          "learning-rate: 0.001", "warmup: 100", "lr-schedule: constant",
        ]
      ),
      (
        // By the clock nobody knows at which step a cosine would end.
        "time", ["--recipe", "velocity", "--time", "1s"],
        ["recipe: velocity", "objective: velocity", "lr-schedule: cosine", "time: 1s"]
      ),
      (
        "flow", ["--config", "flow.yaml"],
        ["recipe: flow", "objective: flow", "timestep-sampling: logit-normal", "warmup: 3"]
      ),
    ] {
      let trained = try await ProgramRun(
        [
          "train", "pictures", "-o", run, "--preset", "tiny", "--size", "16", "--batch", "2",
        ] + (run == "time" ? [] : ["--steps", "1"]) + arguments, in: folder.path)
      #expect(trained.status == 0, "\(trained)")
      let text = try String(
        contentsOfFile: (folder / "\(run)/config.yaml").string, encoding: .utf8)
      for line in lines { #expect(text.contains(line + "\n"), "\(line): \(text)") }
    }
  }

  @Test(arguments: ["flow", "edm"])
  func `networks of paths without betas are trained, used and exchanged`(path: String) async throws
  {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(16, to: folder / "pictures")
    let sampling = path == "flow" ? "logit-normal" : "log-normal"
    for command in [
      TrainedRun.train(
        "pictures", "run", steps: 4, "--size", "16", "--schedule", path, "--objective", path,
        "--timestep-sampling", sampling),
      ["export", "run", "-o", "diffusers"], ["import", "diffusers", "-o", "back.h5"],
      ["generate", "run", "-o", "here", "-n", "2", "--steps", "3"],
      ["generate", "back.h5", "-o", "there", "-n", "2", "--steps", "3"],
      ["evaluate", "run", "pictures", "--timesteps", "4"],
      [
        "interpolate", "run", "-o", "between", "--between", "pictures/000000.png",
        "pictures/000001.png", "--frames", "3", "--steps", "3",
      ],
      ["denoise", "pictures", "-o", "clean", "--model", "run", "--sigma", "20"],
      ["noise", "pictures", "-o", "noised.h5", "--schedule", path, "--timesteps", "0,500,999"],
      ["inspect", "run"],
    ] {
      let done = try await ProgramRun(command, in: folder.path)
      #expect(done.status == 0, "\(done)")
      if command[0] == "export" {
        let scheduler = path == "flow" ? "FlowMatchEulerDiscreteScheduler" : "EDMEulerScheduler"
        #expect(done.errors.contains("\(scheduler).from_pretrained(\"diffusers\")"), "\(done)")
      }
    }
    #expect(
      try names(in: folder / "diffusers") == [
        "config.json", "diffusion_pytorch_model.safetensors", "scheduler_config.json",
      ])
    for name in ["000000.png", "000001.png"] {
      #expect(
        try TestImages.pixels(folder / "here/\(name)")
          == TestImages.pixels(folder / "there/\(name)"))
    }
  }

  @Test func `nothing that is there is written over unasked`() async throws {
    let folder = try TemporaryFolder()
    let run = try await TrainedRun.shared.path.string
    for command in [["export", run, "-o", "out"], ["import", "out", "-o", "back.h5"]] {
      let first = try await ProgramRun(command, in: folder.path)
      #expect(first.status == 0, "\(first)")
      let second = try await ProgramRun(command, in: folder.path)
      #expect(second.status == 1, "\(second)")
      #expect(second.lastError.contains(": not written: the file exists already; "), "\(second)")
      let third = try await ProgramRun(command + ["--overwrite"], in: folder.path)
      #expect(third.status == 0, "\(third)")
    }
  }
}
