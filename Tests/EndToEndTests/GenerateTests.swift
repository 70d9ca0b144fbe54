import Foundation
import HDF5
import PNGCodec
import Stipple
import SystemPackage
import TestSupport
import Testing

/// `stipple generate` from the outside.
@Suite struct GenerateTests {
  private struct Outcome: Decodable, Equatable {
    let written: Int
    let missing: Int
    let skipped: Int
  }

  /// `stipple generate` of the shared run with two steps an image.
  private func generate(_ more: String..., in folder: TemporaryFolder) async throws -> ProgramRun {
    let run = try await TrainedRun.shared.path.string
    return try await ProgramRun(["generate", run, "--steps", "2"] + more, in: folder.path)
  }

  @Test func `the same command again makes what is missing and nothing else`() async throws {
    let folder = try TemporaryFolder()
    let first = try await generate("-o", "images", "-n", "3", "--json", in: folder)
    #expect(first.status == 0, "\(first)")
    #expect(
      try decode(Outcome.self, first, at: "images") == Outcome(written: 3, missing: 0, skipped: 0))
    let before = try ["000001.png", "000002.png"].map { try contents(folder / "images/\($0)") }
    try FileManager.default.removeItem(atPath: (folder / "images/000001.png").string)
    let again = try await generate("-o", "images", "-n", "5", "--json", in: folder)
    #expect(again.status == 0, "\(again)")
    #expect(
      try decode(Outcome.self, again, at: "images") == Outcome(written: 3, missing: 0, skipped: 2))
    #expect(
      try names(in: folder / "images")
        == ["000000.png", "000001.png", "000002.png", "000003.png", "000004.png"])
    #expect(
      try ["000001.png", "000002.png"].map { try contents(folder / "images/\($0)") } == before)
  }

  @Test func `few images are the first of many, and shards the whole, byte for byte`() async throws
  {
    let folder = try TemporaryFolder()
    let many = try await generate("-o", "many", "-n", "40", in: folder)
    #expect(many.status == 0, "\(many)")
    let few = try await generate("-o", "few", "-n", "10", in: folder)
    #expect(few.status == 0, "\(few)")
    for shard in ["1/3", "2/3", "3/3"] {
      let part = try await generate("-o", "parts", "-n", "40", "--shard", shard, in: folder)
      #expect(part.status == 0, "\(part)")
    }
    #expect(try names(in: folder / "few").count == 10)
    #expect(try names(in: folder / "parts").count == 40)
    for name in try names(in: folder / "many") {
      let expected = try contents(folder / "many/\(name)")
      #expect(try contents(folder / "parts/\(name)") == expected, "\(name)")
      if name < "000010.png" {
        #expect(try contents(folder / "few/\(name)") == expected, "\(name)")
      }
    }
  }

  @Test(arguments: ["--grid", "--animation", "--trajectory", "--report"])
  func `a shard does not write files of all images`(_ option: String) async throws {
    let folder = try TemporaryFolder()
    let run = try await generate("-o", "new", "--shard", "2/2", option, "file", in: folder)
    #expect(run.status == 64, "\(run)")
    #expect(
      run.errors.contains(
        "Error: --shard: cannot be combined with --grid, --animation, --trajectory or --report, "
          + "whose files are of all images\n"), "\(run)")
    #expect(try names(in: folder.path) == [])
  }

  @Test func `a grid holds all images with a margin`() async throws {
    let folder = try TemporaryFolder()
    let run = try await generate("-o", "images", "-n", "5", "--grid", "grid.png", in: folder)
    #expect(run.status == 0, "\(run)")
    let grid = try PNGReader.header(of: folder / "grid.png")
    #expect(grid.width == 3 * 34 + 2 && grid.height == 2 * 34 + 2)
  }

  @Test func `a film is made of images that are there, as strip and as animation`() async throws {
    let folder = try TemporaryFolder()
    let first = try await generate("-o", "images", "-n", "3", "--film", "film.png", in: folder)
    #expect(first.status == 0, "\(first)")
    let strip = try PNGReader.header(of: folder / "film.png")
    // Two evaluations and the image.
    #expect(strip.width == 3 * 34 + 2 && strip.height == 3 * 34 + 2)
    let before = try contents(folder / "images/000001.png")
    let second = try await generate(
      "-o", "images", "-n", "3", "--film", "film.apng", "--json", in: folder)
    #expect(second.status == 0, "\(second)")
    #expect(
      try decode(Outcome.self, second, at: "images") == Outcome(written: 0, missing: 0, skipped: 3))
    #expect(try contents(folder / "images/000001.png") == before)
    let told = try await ProgramRun(["inspect", "film.apng"], in: folder.path)
    #expect(told.status == 0 && told.output.contains("animation"), "\(told)")
  }

  @Test func `images by other settings are never written over`() async throws {
    let folder = try TemporaryFolder()
    let first = try await generate("-o", "images", "-n", "1", in: folder)
    #expect(first.status == 0, "\(first)")
    let before = try contents(folder / "images/000000.png")
    let second = try await generate("-o", "images", "-n", "1", "--seed", "5", in: folder)
    #expect(second.status == 1, "\(second)")
    #expect(second.lastError.hasPrefix("Error: images/000000.png: was made with other settings ("))
    // One of two facts of the same name, and what metadata alone say.
    func guided(_ more: String...) async throws -> ProgramRun {
      let run = try await TrainedRun.shared.path
      return try await ProgramRun(
        [
          "generate", run.string, "--steps", "2", "-o", "guided", "-n", "1", "--guidance", "2",
          "--guide", run.appending("checkpoints/step-00000010.h5").string,
        ] + more, in: folder.path)
    }
    let within = try await guided("--guidance-interval", "0.3..3")
    #expect(within.status == 0, "\(within)")
    let everywhere = try await guided()
    #expect(
      everywhere.lastError.contains("would make it with no --guidance-interval;"), "\(everywhere)")
    let stripped = try await generate("-o", "images", "-n", "1", "--strip", in: folder)
    #expect(!stripped.lastError.contains("no index"), "\(stripped)")
    #expect(second.lastError.hasSuffix("; give another output, or --overwrite to replace it"))
    #expect(try contents(folder / "images/000000.png") == before)
  }

  @Test func `a dry run counts and leaves nothing`() async throws {
    let folder = try TemporaryFolder()
    let run = try await generate("-o", "images", "-n", "7", "--dry-run", "--json", in: folder)
    #expect(run.status == 0, "\(run)")
    #expect(
      try decode(Outcome.self, run, at: "images") == Outcome(written: 0, missing: 7, skipped: 0))
    #expect(
      run.lastError.hasPrefix("7 of 7 images to generate, 2 NFE each; "))
    #expect(try folder.names() == [])
  }

  @Test func `ancestral sampling, other spacings and eta draw too`() async throws {
    let folder = try TemporaryFolder()
    let ways = [
      ["--sampler", "ddpm"], ["--spacing", "leading"], ["--spacing", "linspace"],
      ["--sampler", "ddim", "--eta", "0.5"], ["--weights", "model"], ["--threshold", "none"],
    ]
    var made: Set<Data> = []
    for (number, way) in ways.enumerated() {
      let run = try await TrainedRun.shared.path.string
      let drawn = try await ProgramRun(
        ["generate", run, "-o", "\(number)", "-n", "1", "--steps", "3"] + way, in: folder.path)
      #expect(drawn.status == 0, "\(drawn)")
      made.insert(try contents(folder / "\(number)/000000.png"))
    }
    #expect(made.count == ways.count)
  }

  @Test(arguments: Sampler.allCases)
  func `every sampler draws the same images whatever the batch`(sampler: Sampler) async throws {
    let folder = try TemporaryFolder()
    let checkpoint = try await TrainedRun.shared.path.string
    for batch in ["1", "7"] {
      let churn = sampler.options.contains(.churn) ? ["--churn", "4"] : []
      let run = try await ProgramRun(
        [
          "generate", checkpoint, "-o", batch, "-n", "3", "--batch", batch, "--sampler",
          "\(sampler)",
          "--steps", "4", "--spacing", "karras", "--threshold", "dynamic",
        ] + churn, in: folder.path)
      #expect(run.status == 0, "\(run)")
    }
    for index in 0..<3 {
      let (one, seven) = try (
        TestImages.pixels(folder / "1/00000\(index).png"),
        TestImages.pixels(folder / "7/00000\(index).png")
      )
      #expect(zip(one, seven).allSatisfy { abs(Int($0) - Int($1)) <= 1 })
    }
    let told = try await ProgramRun(["inspect", "1/000000.png"], in: folder.path)
    for fact in [sampler.rawValue, "karras", "dynamic"] {
      #expect(told.output.contains(fact), "\(told)")
    }
  }

  @Test func `what does not fit the sampler is named`() async throws {
    let folder = try TemporaryFolder()
    for (arguments, sentence) in [
      (
        ["--sampler", "heun", "--eta", "1"],
        "--eta: only for --sampler ddim or consistency; the sampler is heun"
      ),
      (["--churn", "1"], "--churn: only for --sampler euler or heun; the sampler is dpm++2m-sde"),
      (
        ["--use-clipped-model-output"],
        "--use-clipped-model-output: only for --sampler ddim; the sampler is dpm++2m-sde"
      ),
    ] {
      let run = try await ProgramRun(
        ["generate", TrainedRun.shared.path.string, "-o", "images"] + arguments, in: folder.path)
      #expect(run.status == 64 && run.errors.contains("Error: " + sentence), "\(run)")
    }
  }

  @Test func `a trajectory starts at the given noise and ends at the image`() async throws {
    let folder = try TemporaryFolder()
    let noise: [Float] = (0..<6144).map { i in Float(i * 7919 % 2001) / 1000 - 1 }
    let file = try File.create(folder / "noise.h5")
    try file.root.write("x_T", noise, shape: [2, 3, 32, 32])
    try file.publish()
    let run = try await generate(
      "-o", "images", "-n", "2", "--initial-noise", "noise.h5", "--trajectory", "steps.h5",
      in: folder)
    #expect(run.status == 0, "\(run)")

    let steps = try File.open(folder / "steps.h5").root
    let dataset = try steps.dataset("x_t")
    #expect(dataset.shape == [2, 3, 3, 32, 32])
    let values: [Float] = try dataset.read(at: [1])
    let size = 3 * 32 * 32
    #expect(Array(values[..<size]) == Array(noise[size...]))
    let image = try PNGReader.read(folder / "images/000001.png", as: .rgb)
    for position in 0..<(32 * 32) {
      for channel in 0..<3 {
        let value: Float = values[2 * size + channel * 32 * 32 + position] * 127.5 + 127.5
        let pixel = Float(image.pixels[position * 3 + channel])
        let difference = min(max(value, 0), 255) - pixel
        #expect(abs(difference) <= 0.51)
      }
    }
  }
}
