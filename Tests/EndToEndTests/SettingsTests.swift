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
    Row(
      "train pictures -o new --channels 2",
      "The value '2' is invalid for '--channels <N>'; give 1, 3 or 4"),
    Row("train pictures -o new --batch -5", "--batch: must be at least 1, got -5"),
    Row("train pictures -o new --time -5m", "'-5m' is invalid for '--time", "90s, 20m"),
    Row("train pictures -o new --size -2x2", "'-2x2' is invalid for '--size"),
    Row("train pictures -o new --noise-range -5..5", "'-5..5' is invalid for '--noise-range"),
    Row("train pictures -o new --learning-rate -.5", "--learning-rate: must be above 0, got -0.5"),
    Row("train pictures -o new --clip -inf", "--clip: must be at least 0, got -inf"),
    Row("generate run -o new -n -3", "-n: must be from 1 to 1000000000, got -3"),
    Row(
      "generate run -o new --guidance -1e9",
      "--guidance: must be from -1000 to 1000, got -1000000000"),
    Row("interpolate run -o new --seeds -1 2", "'-1' is invalid for '--seeds"),
    Row(
      "interpolate run -o new --seeds 1 2 --index -1",
      "--index: must be from 0 to 999999999, got -1"),
    Row("denoise --model run pictures -o new --sigma -3", "--sigma: must be above 0, got -3"),
    Row(
      "denoise pictures -o new --strength 50%", "'50%' is invalid for '--strength",
      "give a number from 0 to 2"),
    Row(
      "denoise pictures -o new --noise gaussian:0", "'gaussian:0' is invalid for '--noise",
      "give gaussian:25"),
    Row("denoise --model run pictures -o new --tile -3", "--tile: must be from 1 to 65536, got -3"),
    Row("denoise --model run pictures -o new --memory -3G", "'-3G' is invalid for '--memory"),
    Row("evaluate run pictures --timesteps -3", "--timesteps: must be at least 2, got -3"),
    Row(
      "evaluate run pictures --timesteps 1001",
      "--timesteps: must be at most 1000 (the model's timesteps), got 1001"),
    Row("benchmark --seconds -3", "--seconds: must be above 0, got -3"),
    Row("ema run -o new.h5 --length -0.1", "--length: must be from 0.001 to 0.2886, got -0.1"),
    // Ranges.
    Row("train pictures -o new --clip inf", "--clip: must be a finite number, got inf"),
    Row(
      "train pictures -o new --min-snr-gamma inf",
      "--min-snr-gamma: must be a finite number, got inf"),
    Row(
      "train pictures -o new --dropout 0.99999999",
      "--dropout: must be at most 0.99999994, the largest number below 1 in single precision, got "
        + "0.99999999"),
    Row("train pictures -o new --time 1e300h", "'1e300h' is invalid for '--time"),
    Row("train pictures -o new --time 1e11", "'1e11' is invalid for '--time"),
    Row("train pictures -o new --threads 100000", "--threads: must be from 1 to 1024, got 100000"),
    Row("generate run -o new --threads 100000", "--threads: must be from 1 to 1024, got 100000"),
    Row(
      "generate run -o new --threads 9223372036854775807",
      "must be from 1 to 1024, got 9223372036854775807"),
    Row(
      "generate run -o new --batch 9223372036854775807",
      "must be at most 65536, got 9223372036854775807"),
    Row(
      "benchmark --threads 9223372036854775807", "must be from 1 to 1024, got 9223372036854775807"),
    Row("train pictures -o new --size 2x2", "--size: image size 2 x 2: width and height must be"),
    Row("train pictures -o new --size 100000x100000", "--size: 100000x100000: must be from 1 to"),
    Row(
      "noise pictures -o new.h5 --schedule-timesteps -1", "--schedule-timesteps: must be from 1 to"),
    Row("compare pictures pictures --size 100000", "--size: 100000x100000: must be from 1 to"),
    Row("benchmark --size 2x2", "--size: image size 2 x 2"),
    Row("inpaint run pictures -o new --masks black.png --resamplings 1000000", "1 to 1000"),
    Row(
      "generate run -o new --from pictures --strength 2",
      "--strength: must be above 0 and at most 1, got 2"),
    Row(
      "generate run -o new --class-index -1 --class 1", "--class-index: must be at least 0, got -1"),
    // Forms.
    Row("generate run -o new --shard 0/2", "'0/2' is invalid for '--shard <I/N>'; give two whole"),
    Row("generate run -o new --shard 3/2", "such as 2/4, the first from 1 to the second"),
    Row(
      "generate run -o new --guidance 2 --guidance-interval 3..1",
      "'3..1' is invalid for '--guidance-interval <A..B>'; give two numbers such as 0.3..3, the "
        + "second larger"),
    Row("interpolate run --seeds 1 2 -o new --depth 16", "--depth: needs --between"),
    Row("noise pictures -o new.h5 --timesteps x", "; give all, every=50 for each 50th, or a list"),
    Row("evaluate run pictures --timesteps x", "; give a whole number, at least 2"),
    Row("denoise --model run pictures -o new --sigma 5..3", "'; give a number above 0, or a range"),
    Row("denoise --model run pictures -o new --sigma ..5", "such as 5..30, the second larger"),
    Row("generate run -o new --guidance 0x10", "'0x10' is invalid for '--guidance'; give a number"),
    Row("generate run -o new --guidance=-0x1p3", "'-0x1p3' is invalid for '--guidance'"),
    Row("generate run -o new --batch 0x10", "'0x10' is invalid for '--batch'; give a whole number"),
    Row("train pictures -o new --learning-rate 0x1", "'0x1' is invalid for '--learning-rate"),
    // What peers call things.
    Row(
      "train pictures -o new --lr 1e-4", "Unknown option '--lr'. Did you mean '--learning-rate'?"),
    Row("train pictures --outptu new", "Unknown option '--outptu'. Did you mean '--output'?"),
    Row(
      "inpaint model.h5 a.png -o new --mask=b.png",
      "Unknown option '--mask'. Did you mean '--masks'?"),
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
    Row("denoise pictures -o new --seed 3", "--seed: only for --method sample or --add-noise"),
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
