import Foundation
import SystemPackage
import TestSupport
import Testing

/// What `stipple train` says before its first step.
@Suite struct FirstMinuteTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try TestImages.copyFlowers(20, to: folder / "pictures")
    try TestImages.copyFlowers(20, to: folder / "pictures/again")
  }

  private static let few =
    "there are only 38 images to train on, of which the model may make near copies; add more, best 200 or more"
  private static let copies =
    "50 % of the images (20 of 40 looked at) are exact copies of others, such as "

  @Test func `what is advised next can be pasted, whatever the run is called`() async throws {
    let run = try await ProgramRun(
      TrainedRun.train("pictures", "Anna's run", steps: 1), in: folder.path)
    #expect(run.status == 0, "\(run)")
    #expect(
      run.lastError.hasSuffix(
        #"next: stipple generate 'Anna'\''s run' -o generated -n 64 --grid generated.png"#),
      "\(run)")
  }

  @Test func `pictures that Stipple made are not trained on beside others`() async throws {
    let model = try await TrainedRun.shared.path.string
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(3, to: folder.path)
    try TestImages.copyFlowers(2, to: folder / "old/checkpoints")
    try Data().write(to: URL(filePath: (folder / "old/config.yaml").string))
    let generated = try await ProgramRun(
      ["generate", model, "-o", "generated", "-n", "2", "--steps", "1", "--grid", "grid.png"],
      in: folder.path)
    #expect(generated.status == 0, "\(generated)")
    func notes(_ inputs: String...) async throws -> [Substring] {
      let run = try await ProgramRun(
        ["train"] + inputs + ["-o", "run", "--preset", "tiny", "--dry-run"], in: folder.path)
      #expect(run.status == 0, "\(run)")
      return run.errors.split(separator: "\n")
    }
    let told = try await notes(".")
    #expect(
      told.starts(with: [
        "left out ./old, the folder of a training run",
        "left out ./generated/000000.png and 2 other images, made by stipple; to train on them, give no other images",
        "3 images: all 32 x 32 pixels",
      ]), "\(told)")
    #expect(try await notes("generated").first == "2 images: all 32 x 32 pixels")
  }

  @Test func `a dry run and a run tell the same, and the page and JSON have it too`() async throws {
    struct Report: Decodable {
      struct Item: Decodable { let name, value, reason, kind, text: String? }
      struct First: Decodable { let steps: Int, seconds: Double? }
      let choices: [Item]?
      let warnings: [Item]
      let first_images: First?
    }
    let command = [
      "train", "pictures", "-o", "run", "--preset", "tiny", "--sample-every", "0", "--json",
    ]
    let dry = try await ProgramRun(command + ["--dry-run"], in: folder.path)
    #expect(dry.status == 0, "\(dry)")
    let told = dry.errors.split(separator: "\n").map(String.init)
    #expect(
      told.contains("settings:") && told.contains { $0.hasPrefix("  size      32 x 32") }, "\(dry)")
    #expect(
      told.contains { $0.hasPrefix("memory: about ") && $0.contains("; disk: about ") }, "\(dry)")
    #expect(
      dry.errors.contains(
        #/first recognizable images: after about 800 steps, roughly \d+ (s|min|h)[0-9a-z ]* here \(estimated/#
      ),
      "\(dry)")
    #expect(told.contains("warning: " + Self.few), "\(dry)")
    #expect(
      told.contains { $0.hasPrefix("warning: " + Self.copies) && $0.hasSuffix("; remove them") })
    let planned = try decode(Report.self, dry)
    #expect(planned.choices?.first?.name == "size" && planned.first_images?.steps == 800)
    #expect((planned.first_images?.seconds ?? 0) > 0)
    #expect(planned.warnings.map(\.kind) == ["few_images", "duplicates"])

    let run = try await ProgramRun(command + ["--steps", "2"], in: folder.path)
    #expect(run.status == 0, "\(run)")
    #expect(run.errors.contains("warning: " + Self.few + "\n"), "\(run)")
    #expect(run.errors.contains("warning: the run ends after 2 steps, "), "\(run)")
    #expect(run.errors.contains("; use --steps 800 or more\n"), "\(run)")
    let done = try decode(Report.self, run)
    #expect(done.warnings.map(\.kind) == ["few_images", "duplicates", "few_steps"])
    #expect(done.warnings.last?.text?.hasSuffix("use --steps 800 or more") == true)
    let log = String(decoding: try contents(folder / "run/log.txt"), as: UTF8.self)
    #expect(
      log.contains(" warning: " + Self.few + "\n") && log.contains(" the run ended after 2 steps\n")
    )
    let page = String(decoding: try contents(folder / "run/report.html"), as: UTF8.self)
    #expect(page.contains("<li>Warning: " + Self.few + "</li>"))
    #expect(page.contains("use --steps 800 or more</li>") && !page.contains("`steps`"))

    let settings =
      "<li>settings: size 32 x 32 (size of all images), channels 3 (RGB) (color images), "
    #expect(page.contains(settings))

    // A run that goes on has told it.
    let again = try await ProgramRun(command + ["--steps", "3"], in: folder.path)
    #expect(again.status == 0 && !again.errors.contains("warning: "), "\(again)")
    #expect(!again.errors.contains("settings:"), "\(again)")
  }

  @Test func `a recipe that an option implies is told of`() async throws {
    func told(_ options: String...) async throws -> String {
      let run = try await ProgramRun(
        ["train", "pictures", "-o", "run", "--preset", "tiny", "--dry-run"] + options,
        in: folder.path)
      #expect(run.status == 0, "\(run)")
      return run.errors
    }
    let implied = try await told("--loss-weighting", "min-snr")
    #expect(
      implied.contains(
        "recipe ddpm (implied by --loss-weighting; use --recipe flow to keep flow matching)\n"))
    #expect(implied.contains(/\n  recipe +ddpm +\(implied by --loss-weighting\)\n/))
    #expect(implied.contains(/\n  augment +0 +\(recipe ddpm\)\n/))
    let named = try await told("--loss-weighting", "min-snr", "--recipe", "ddpm")
    #expect(!named.contains("implied by") && named.contains(/\n  recipe +ddpm +\(given\)\n/))
    #expect(try await !told("--batch", "4").contains("recipe"))
  }

  @Test func `grays in color files and hard crops are told of with the options to use`()
    async throws
  {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: (folder / "pictures").string, withIntermediateDirectories: true)
    try TestImages.writeGrays(3, width: 48, height: 16, to: folder / "pictures")
    let run = try await ProgramRun(
      ["train", "pictures", "-o", "run", "--preset", "tiny", "--size", "16", "--dry-run"],
      in: folder.path)
    #expect(run.status == 0, "\(run)")
    #expect(
      run.errors.contains(
        "warning: cropping to 16 x 16 pixels cuts off 67 % of the images' area; use a --size of their shape, "
          + "or --fit pad or resize\n"), "\(run)")
    #expect(run.errors.contains("; use --channels 1 to train on grayscale\n"), "\(run)")
  }
}
