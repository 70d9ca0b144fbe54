import Foundation
import SystemPackage
import TestSupport
import Testing

/// What is typed, and what the program makes of it.
@Suite struct SettingsTests {
  /// A command line, and what its first line on standard error has to say.
  struct Row: CustomTestStringConvertible, Sendable {
    let arguments: [String]
    let says: [String]
    var testDescription: String { arguments.joined(separator: " ") }

    init(_ arguments: String, _ says: String...) {
      self.arguments = arguments.split(separator: " ").map(String.init)
      self.says = says
    }
  }

  static let wrong = [
    // Negative numbers are values.
    Row("generate run -o new --seed -1", "'-1' is invalid for '--seed", "0...18446744073709551615"),
    Row("train pictures -o new --seed -5", "'-5' is invalid for '--seed"),
    Row("train pictures -o new --batch -5", "--batch: -5 is not at least 1"),
    Row("train pictures -o new --time -5m", "'-5m' is invalid for '--time", "90s, 20m"),
    Row("train pictures -o new --size -2x2", "'-2x2' is invalid for '--size"),
    Row("train pictures -o new --noise-range -5..5", "'-5..5' is invalid for '--noise-range"),
    Row("train pictures -o new --learning-rate -.5", "--learning-rate: -0.5 is not above 0"),
    Row("train pictures -o new --clip -inf", "--clip: -inf is not at least 0"),
    Row("generate run -o new -n -3", "-n: -3 is not in 1 to 1000000000"),
    Row("generate run -o new --guidance -1e9", "--guidance: -1000000000.0 is not in -1000 to 1000"),
    Row("interpolate run -o new --seeds -1 2", "'-1' is invalid for '--seeds"),
    Row("interpolate run -o new --seeds 1 2 --index -1", "--index: -1 is not in 0 to 999999999"),
    Row("denoise --model run pictures -o new --sigma -3", "--sigma: -3.0 is not above 0"),
    Row("denoise --model run pictures -o new --tile -3", "--tile: -3 is not in 1 to 65536"),
    Row("denoise --model run pictures -o new --memory -3G", "'-3G' is invalid for '--memory"),
    Row("evaluate run pictures --timesteps -3", "--timesteps: -3 is not at least 2"),
    Row("benchmark --seconds -3", "--seconds: -3.0 is not above 0"),
    Row("ema run -o new.h5 --length -0.1", "--length: -0.1 is not in"),
    // Ranges.
    Row("train pictures -o new --clip inf", "--clip: inf is not a finite number"),
    Row("train pictures -o new --min-snr-gamma inf", "--min-snr-gamma: inf is not a finite number"),
    Row("train pictures -o new --time 1e300h", "'1e300h' is invalid for '--time"),
    Row("train pictures -o new --time 1e11", "'1e11' is invalid for '--time"),
    Row("train pictures -o new --threads 100000", "--threads: 100000 is not in 1 to 1024"),
    Row("generate run -o new --threads 100000", "--threads: 100000 is not in 1 to 1024"),
    Row("generate run -o new --threads 9223372036854775807", "is not in 1 to 1024"),
    Row("generate run -o new --batch 9223372036854775807", "is more than 65536"),
    Row("benchmark --threads 9223372036854775807", "is not in 1 to 1024"),
    Row("train pictures -o new --size 2x2", "--size: image size 2 x 2: width and height must be"),
    Row("train pictures -o new --size 100000x100000", "--size: 100000x100000: 100000 is not in"),
    Row("noise pictures -o new.h5 --schedule-timesteps -1", "--schedule-timesteps: -1 is not in"),
    Row("compare pictures pictures --size 100000", "--size: 100000x100000: 100000 is not in"),
    Row("benchmark --size 2x2", "--size: image size 2 x 2"),
    Row("inpaint run pictures -o new --masks black.png --resamplings 1000000", "1 to 1000"),
    Row(
      "generate run -o new --from pictures --strength 2",
      "--strength: 2.0 is not above 0 and at most 1"),
    Row("generate run -o new --class-index -1 --class 1", "--class-index: -1 is not at least 0"),
    // What peers call things.
    Row(
      "train pictures -o new --lr 1e-4", "Unknown option '--lr'. Did you mean '--learning-rate'?"),
    Row("train pictures -o new --epochs 3", "Did you mean '--steps'? Set the length of training"),
    Row("train pictures -o new --num_train_epochs 3", "Did you mean '--steps'?"),
    Row("train pictures -o new --max_train_steps 3", "Did you mean '--steps' or '--time'?"),
    Row("train pictures -o new --batch-size 3", "Did you mean '--batch'?"),
    Row("train pictures -o new --train_batch_size 3", "Did you mean '--batch'?"),
    Row("train pictures -o new --learning_rate 3", "Did you mean '--learning-rate'?"),
    Row("train pictures -o new --resolution 64", "Did you mean '--size'?"),
    Row("train pictures -o new --ema 0.9", "Did you mean '--ema-decay'?"),
    Row("train pictures -o new --workers 3", "Did you mean '--threads'?"),
    Row("train pictures -o new --device cpu", "computes on the CPU; '--threads'"),
    Row("train pictures -o new --outdir x", "Did you mean '--output'?"),
    Row("train pictures -o new --resume x", "run the same command again"),
    Row("train pictures -o new --data x", "Images are positional arguments"),
    Row("generate run -o new --n 3", "Unknown option '--n'. Did you mean '-n'?"),
    Row("generate run -o new --num-samples 3", "Did you mean '-n'?"),
    Row("generate run -o new --cfg 3", "Did you mean '--guidance'?"),
    Row("generate run -o new --guidance-scale 3", "Did you mean '--guidance'?"),
    Row("generate run -o new --num_inference_steps 3", "Did you mean '--steps'?"),
    Row("generate run -o new --ckpt a.h5", "A checkpoint or run folder is a positional argument"),
    Row("denoise --model run pictures -o new --noise-level 3", "Did you mean '--sigma'?"),
    // A file's name for a folder.
    Row(
      "generate run -o out.png", "--output: out.png is named like a file, but images are written"),
    Row("denoise --model run pictures -o out.png", "give a folder, such as -o out"),
    Row("train pictures -o run.h5", "--output: run.h5 is named like a file, but a run is kept in"),
    Row("export run -o model.safetensors", "--output: model.safetensors is named like a file"),
  ]

  private static let folder = Task {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(8, to: folder / "pictures")
    let run = try await TrainedRun.shared.path
    try FileManager.default.copyItem(atPath: run.string, toPath: (folder / "run").string)
    return folder
  }

  @Test(arguments: wrong) func `is refused for what it is`(_ row: Row) async throws {
    let folder = try await Self.folder.value.path
    let before = try names(in: folder)
    let run = try await ProgramRun(row.arguments, in: folder)
    #expect(run.status == 64, "\(run)")
    let first = run.errors.split(separator: "\n").first { $0.hasPrefix("Error: ") } ?? ""
    for text in row.says { #expect(first.contains(text), "\(run)") }
    #expect(!run.errors.contains("Missing value"), "\(run)")
    #expect(try names(in: folder) == before)
  }

  @Test func `negative guidance is taken`() async throws {
    let folder = try await classRun()
    let run = try await ProgramRun(
      [
        "generate", "run", "-o", "new", "-n", "1", "--steps", "2", "--class", "10", "--guidance",
        "-1",
      ],
      in: folder.path)
    #expect(run.status == 0, "\(run)")
    let shown = try await ProgramRun(["inspect", "new/000000.png"], in: folder.path)
    #expect(shown.output.contains("-1.0"), "\(shown)")
  }

  /// A run with the classes 1, 2 and 10.
  private func classRun() async throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for name in ["1", "2", "10"] { try TestImages.copyFlowers(3, to: folder / "pictures/\(name)") }
    let run = try await ProgramRun(
      TrainedRun.train("pictures", "run", steps: 2, "--classes", "folders"), in: folder.path)
    try #require(run.status == 0, "\(run)")
    return folder
  }

  @Test func `classes that are called by numbers go by their names`() async throws {
    let folder = try await classRun()
    func draw(_ name: String, _ class: String...) async throws -> ProgramRun {
      try await ProgramRun(
        ["generate", "run", "-o", name, "-n", "1", "--steps", "2"] + `class`, in: folder.path)
    }
    for (name, flags) in [("a", ["--class", "2"]), ("b", ["--class-index", "1"])] {
      let run = try await draw(name, flags[0], flags[1])
      #expect(run.status == 0, "\(run)")
      let shown = try await ProgramRun(["inspect", "\(name)/000000.png"], in: folder.path)
      #expect(shown.output.contains(/class +2\n/), "\(shown)")
    }
    #expect(
      try contents(folder / "a/000000.png") == contents(folder / "b/000000.png"))
    let none = try await draw("c", "--class", "0")
    #expect(none.status == 64, "\(none)")
    #expect(
      none.lastError
        == "Error: --class: there is no class 0; there are 1, 2, 10; use --class-index for an index, counted from 0"
    )
    let past = try await draw("c", "--class-index", "3")
    #expect(past.status == 64 && past.lastError.contains("there is no class 3"), "\(past)")
  }

  @Test func `a schedule that ends early is told of in training, generation and inspection`()
    async throws
  {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(4, to: folder / "pictures")
    let betas = ["--timesteps", "100", "--beta-start", "1e-4", "--beta-end", "0.02"]
    let trained = try await ProgramRun(
      TrainedRun.train("pictures", "run", steps: 1) + betas, in: folder.path)
    #expect(trained.status == 0, "\(trained)")
    let draw = ["generate", "run", "-o", "new", "-n", "1", "--steps", "1"]
    let shown = try await ProgramRun(["inspect", "run"], in: folder.path)
    for run in [trained, try await ProgramRun(draw, in: folder.path)] {
      #expect(run.status == 0 && run.errors.contains("0.60 of the signal"), "\(run)")
    }
    #expect(shown.output.contains("0.60 of the signal"), "\(shown)")

    let scaled = try await ProgramRun(
      TrainedRun.train("pictures", "scaled", steps: 1) + betas.prefix(2) + ["--recipe", "ddpm"],
      in: folder.path)
    #expect(scaled.status == 0 && !scaled.errors.contains("signal"), "\(scaled)")
    let other = try await ProgramRun(["inspect", "scaled"], in: folder.path)
    #expect(other.output.contains("100 timesteps, beta 0.001 to 0.2\n"), "\(other)")
    #expect(!other.output.contains("signal"), "\(other)")
  }

  @Test func `sigma outside the network's range is refused, and one below 1 is asked about`()
    async throws
  {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(4, to: folder / "pictures")
    let trained = try await ProgramRun(
      TrainedRun.train("pictures", "run", steps: 1) + ["--noise-range", "0..50"], in: folder.path)
    #expect(trained.status == 0, "\(trained)")
    for flag in ["--sigma", "--add-noise"] {
      let run = try await ProgramRun(
        ["denoise", "--model", "run", "pictures", "-o", "new", flag, "60"], in: folder.path)
      #expect(run.status == 64, "\(run)")
      #expect(
        run.lastError
          == "Error: \(flag): 60 is outside the noise levels that the model was trained on, sigma 0 to 50 on the 0-255 scale",
        "\(run)")
    }
    let small = try await ProgramRun(
      ["denoise", "--model", "run", "pictures", "-o", "new", "--sigma", "0.05"], in: folder.path)
    #expect(small.status == 0, "\(small)")
    #expect(
      small.errors.contains(
        "--sigma: 0.05 is on the 0-255 scale, where it is almost no noise; for 0.05 on the 0-1 scale use 12.75\n"
      ), "\(small)")
  }
}
