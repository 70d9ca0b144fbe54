import Foundation
import SystemPackage
import TestSupport
import Testing

/// What the program says about itself and about wrong command lines.
@Suite struct HelpTests {
  /// The commands by group, in the order of `stipple --help`.
  private static let commands = [
    "train", "distill", "report", "watch", "ema", "generate", "inpaint", "interpolate", "denoise",
    "evaluate",
    "compare",
    "benchmark", "doctor", "noise", "inspect", "models", "import", "export",
  ]
  /// Of the package.
  private let root = FilePath(#filePath).removingLastComponent().removingLastComponent()
    .removingLastComponent()

  @Test
  func `the version is the first line on standard output, before what the program was built with`()
    async throws
  {
    let run = try await ProgramRun(["--version"])
    #expect(run.status == 0)
    let lines = run.output.split(separator: "\n").map(String.init)
    let manifest = try String(
      contentsOfFile: root.appending("Package.swift").string, encoding: .utf8)
    #expect(manifest.contains("let version = \"\(lines.first ?? "?")\"\n"), "\(run)")
    let names = ["commit", "Swift", "oneDNN", "HDF5", "libpng", "instruction set", "MPI"]
    #expect(lines.dropFirst().map { String($0.prefix { $0 != ":" }) } == names, "\(run)")
    for line in lines where ["oneDNN", "HDF5", "libpng"].contains(where: line.hasPrefix) {
      #expect(line.contains(/: [0-9]+[.][0-9]+[.][0-9]+$/), "\(line)")
    }
    #expect(run.errors == "")
    let limited = try await ShellRun(
      "STIPPLE_MPI=/nowhere/libmpi.so STIPPLE_ISA=$1 \"$STIPPLE\" --version",
      [Tools.leastInstructionSet], in: "/")
    #expect(
      limited.output.hasSuffix(
        "instruction set: \(Tools.leastInstructionSet)\nMPI: none found\n"), "\(limited)")
  }

  @Test(arguments: [["--help"], ["-h"], ["help"], []])
  func `the program's help groups its commands`(_ arguments: [String]) async throws {
    let run = try await ProgramRun(arguments)
    #expect(run.status == 0 && run.errors == "", "\(run)")
    #expect(
      run.output == """
        Train diffusion models on PNG images; generate, denoise and restore images.

        Usage: stipple COMMAND [options]

        TRAIN
          train        Train a diffusion model on PNG images.
          distill      Tune a trained model to sample in one or two steps.
          report       Show training runs as an HTML page.
          watch        Follow a training run of another process or machine.
          ema          Reconstruct an EMA profile after training (post-hoc EMA).

        GENERATE
          generate     Sample new images from a model.
          inpaint      Fill masked regions of images.
          interpolate  Interpolate between seeds or images.

        RESTORE
          denoise      Denoise images of any size.

        MEASURE
          evaluate     Variational bound (bits/dim) and loss by timestep.
          compare      Distances of image folders (SWD, Frechet) or features (FID, KID).
          benchmark    Benchmark this machine: training, sampling, HDF5 and PNG speed.
          doctor       Check this machine and an output folder.

        FILES
          noise        Export noisy samples x_t of the forward process to HDF5.
          inspect      Show the contents and metadata of a file.
          models       List installed models, or show a model's card.
          import       Convert a diffusers model to a checkpoint.
          export       Convert a checkpoint to a model file or a diffusers model.

        OPTIONS
          --version    Show the version.
          -h, --help   Show help; also after a command.

        Run the same command again to resume: training continues from the latest valid
        checkpoint, and other commands write only the missing images.

        Exit status: 0 success, 1 error, 3 some inputs failed (named on standard error),
        64 invalid usage, 128 + signal when interrupted, with all results saved (130
        Ctrl-C, 143 SIGTERM, 129 SIGHUP, 138 SIGUSR1, 152 SIGXCPU).

        """)
  }

  @Test(arguments: commands)
  func `a command's help shows all its options in sections`(_ command: String) async throws {
    let run = try await ProgramRun([command, "--help"])
    #expect(run.status == 0 && run.errors == "", "\(run)")
    #expect(run.output.contains("\nUsage: stipple \(command) "), "\(run)")
    #expect(try await ProgramRun(["help", command]).output == run.output)
    let lines = run.output.components(separatedBy: "\n")
    for line in lines { #expect(line.count <= 80, "\(line)") }
    let parsed = try await Dump(of: command)
    #expect(!parsed.arguments.isEmpty)
    let titles = parsed.arguments.map { ($0.sectionTitle ?? "").uppercased() }
    for title in Set(titles) where !title.isEmpty {
      #expect(lines.filter { $0 == title }.count == 1, "\(title) in \(run)")
    }
    for argument in parsed.arguments where argument.long?.hasPrefix("no-") != true {
      let label = argument.long.map { "--\($0)" } ?? argument.valueName ?? ""
      let shown = lines.filter { $0.hasPrefix("  ") && $0.contains(label) }
      #expect(!shown.isEmpty, "\(label) in \(run)")
    }
  }

  @Test(arguments: commands)
  func `a help text names the thing in two lines at most`(_ command: String) async throws {
    let parsed = try await Dump(of: command)
    for argument in parsed.arguments {
      let text = argument.abstract ?? ""
      let name = "\(command) \(argument.long ?? argument.valueName ?? "")"
      #expect(text.first?.isUppercase == true, "\(name): \(text)")
      #expect(text.hasSuffix("."), "\(name): \(text)")
      // Choices, ranges and defaults come from the code.
      #expect(!text.contains("default"), "\(name): \(text)")
    }
    let help = try await ProgramRun([command, "--help"]).output
    let margin = String(repeating: " ", count: 24)
    let rows = help.components(separatedBy: "\n").split { !$0.hasPrefix(margin) }
    for row in rows { #expect(row.count <= 2, "\(row)") }
    // A text beside its option has one more line at most.
    let lines = help.components(separatedBy: "\n")
    for (index, line) in lines.enumerated()
    where line.hasPrefix("  ") && !line.hasPrefix(margin) && line.count > 24
      && index + 2 < lines.count
    {
      let isBeside =
        line.dropFirst(22).hasPrefix("  ") && line.dropFirst(24).first?.isUppercase == true
      if isBeside {
        #expect(!lines[index + 2].hasPrefix(margin) || !lines[index + 1].hasPrefix(margin))
      }
    }
  }

  @Test func `everyday options of train fit on a screen, and rare ones come last`() async throws {
    let lines = try await ProgramRun(["train", "--help"]).output.components(separatedBy: "\n")
    let options = lines.prefix(24).filter { $0.hasPrefix("  -") }
    #expect(options.count >= 12, "\(options)")
    let titles = ["DATA", "MODEL", "DIFFUSION", "OPTIMIZATION", "RUN", "OUTPUT", "ADVANCED"]
    #expect(lines.filter(titles.contains) == titles)
    let everyday = lines.prefix { $0 != "ADVANCED" }
    for name in [
      "--size", "--fit", "--channels", "--flip", "--classes", "--validation", "--preset",
      "--dropout", "--batch", "--steps", "--time", "--learning-rate", "--warmup", "--ema-decay",
      "--seed", "--threads", "--dry-run",
    ] {
      #expect(everyday.contains { $0.hasPrefix("  \(name)") }, "\(name)")
    }
  }

  @Test func `no help has words that nobody knows`() async throws {
    var pages = [try await ProgramRun(["--help"]).output]
    for command in Self.commands { pages.append(try await ProgramRun([command, "--help"]).output) }
    for page in pages {
      for word in PlainLanguage.avoided {
        #expect(!page.localizedCaseInsensitiveContains(word), "\(word) in \(page)")
      }
    }
  }

  @Test func `defaults are the program's own`() async throws {
    let help = try await ProgramRun(["train", "--help"]).output
    for line in [
      "--batch N             Batch size. (default: 16)",
      "--learning-rate LR    Peak learning rate of AdamW. (default: 0.001)",
      "--warmup N            Linear warm-up steps. (default: 100)",
      "--ema-decay D         EMA decay. (0 to below 1; default: 0.9999)",
      "--seed N              Random seed. (default: 0)",
    ] {
      #expect(help.contains("\n  \(line)\n"), "\(line)")
    }
  }

  @Test func `a command without arguments is invalid usage`() async throws {
    for command in Self.commands where !["benchmark", "doctor", "models"].contains(command) {
      let run = try await ProgramRun([command])
      #expect(run.status == 64, "\(run)")
      #expect(run.output == "", "\(run)")
      #expect(run.errors.hasPrefix("Error: Missing expected argument"), "\(run)")
      #expect(run.errors.contains("\nUsage: stipple \(command) "), "\(run)")
    }
  }

  @Test(arguments: [["--help"], ["train", "--help"], []])
  func `help is given to processes that were started together`(arguments: [String]) async throws {
    let run = try await ProgramRun(
      arguments, environment: ["SLURM_STEP_NUM_TASKS": "4", "SLURM_PROCID": "0"])
    #expect(run.status == 0 && run.output.contains("Usage: stipple "), "\(run)")
  }

  @Test(arguments: [
    (["trian"], "Error: Unknown command 'trian'. Did you mean 'train'?"),
    (["samples"], "Error: Unknown command 'samples'."),
    (["trian", "pictures", "-o", "run"], "Error: Unknown command 'trian'. Did you mean 'train'?"),
    (
      ["train", "pictures", "-o", "run", "--stepps", "3"],
      "Error: Unknown option '--stepps'. Did you mean '--steps'?"
    ),
  ])
  func `what is misspelled is invalid usage`(_ arguments: [String], _ sentence: String) async throws
  {
    let run = try await ProgramRun(arguments)
    #expect(run.status == 64, "\(run)")
    #expect(run.output == "", "\(run)")
    #expect(run.errors.hasPrefix(sentence + "\n"), "\(run)")
  }

  @Test func `the presets are listed with their sizes`() async throws {
    let run = try await ProgramRun(["train", "--help"])
    for line in [
      "small        64-128-128       4.44 M      6.46 Gflop",
      "restoration  64-112-128       2.9 M       1.26 Gflop",
      "ddpm         128-256-256-256  35.75 M     37.33 Gflop",
    ] {
      #expect(run.output.contains(line))
    }
  }

  @Test func `older spellings of options still work`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(4, to: folder / "pictures")
    for option in [
      ["--rate", "constant"], ["--turn"], ["--weight", "min-snr"], ["--record-noised", "first=1"],
    ] {
      let run = try await ProgramRun(
        ["train", "pictures", "-o", "run", "--preset", "tiny", "--steps", "1", "--dry-run"]
          + option,
        in: folder.path)
      #expect(run.status == 0, "\(run)")
    }
  }
}

/// What the argument parser knows of a command.
private struct Dump: Decodable {
  struct Argument: Decodable {
    struct Name: Decodable {
      let kind, name: String
    }

    let names: [Name]?
    let abstract, sectionTitle, valueName: String?

    var long: String? { names?.first { $0.kind == "long" }?.name }
  }

  private struct Command: Decodable {
    let commandName: String
    let arguments: [Argument]?
    let subcommands: [Command]?
  }

  private let command: Command
  private var name: String?

  /// A command's arguments, but `--help` and `--version`.
  var arguments: [Argument] {
    let own = command.subcommands?.first { $0.commandName == name }
    return (own?.arguments ?? []).filter { $0.long != "help" && $0.long != "version" }
  }

  init(of command: String) async throws {
    let run = try await ProgramRun(["--experimental-dump-help"])
    self = try JSONDecoder().decode(Dump.self, from: Data(run.output.utf8))
    name = command
  }
}
