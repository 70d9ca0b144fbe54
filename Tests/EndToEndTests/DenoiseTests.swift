import Foundation
import PNGCodec
import Stipple
import SystemPackage
import TestSupport
import Testing

/// `stipple denoise` from the outside.
@Suite struct DenoiseTests {
  private struct Outcome: Decodable {
    struct Quality: Decodable {
      let image: String
      let noisy_psnr: Double
      let psnr: Double
    }

    struct Images: Decodable {
      let written, skipped, missing, failed: Int
    }

    struct Table: Decodable {
      let images: [Quality]
      let mean: Mean?
    }

    struct Mean: Decodable {
      let noisy_psnr: Double
      let psnr: Double
    }

    let images: Images
    let failures: [String]
    let quality: Table?
  }

  /// `stipple denoise` with the shared run.
  private func denoise(_ more: String..., in folder: TemporaryFolder) async throws -> ProgramRun {
    try await denoise(more, in: folder)
  }

  private func denoise(_ more: [String], in folder: TemporaryFolder) async throws -> ProgramRun {
    let run = try await TrainedRun.shared.path.string
    return try await ProgramRun(["denoise", "--model", run] + more, in: folder.path)
  }

  @Test func `outputs mirror the inputs' folders and are made once`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(2, to: folder / "in")
    try TestImages.copyFlowers(1, to: folder / "in/deeper")
    let first = try await denoise("in", "-o", "out", "--sigma", "25", "--json", in: folder)
    #expect(first.status == 0, "\(first)")
    #expect(try decode(Outcome.self, first).images.written == 3)
    #expect(try names(in: folder / "out") == ["000000.png", "000001.png", "deeper"])
    #expect(try names(in: folder / "out/deeper") == ["000000.png"])
    let again = try await denoise("in", "-o", "out", "--sigma", "25", "--json", in: folder)
    #expect(again.status == 0, "\(again)")
    let outcome = try decode(Outcome.self, again)
    #expect(outcome.images.written == 0 && outcome.images.skipped == 3)

    let other = try await denoise("in", "-o", "out", "--sigma", "26", in: folder)
    #expect(other.status == 1, "\(other)")
    #expect(
      other.lastError
        == "Error: out/000000.png: was made with other settings (--sigma 25); this command would make it "
        + "with --sigma 26; give another output, or --overwrite to replace it", "\(other)")
  }

  @Test func `shards are the whole, byte for byte`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(5, to: folder / "in")
    let whole = try await denoise("in", "-o", "whole", "--sigma", "25", in: folder)
    #expect(whole.status == 0, "\(whole)")
    for (shard, count) in [("1/2", 3), ("2/2", 2)] {
      let part = try await denoise(
        "in", "-o", "parts", "--sigma", "25", "--shard", shard, "--json", in: folder)
      #expect(part.status == 0, "\(part)")
      #expect(try decode(Outcome.self, part).images.written == count)
    }
    #expect(try names(in: folder / "parts") == names(in: folder / "whole"))
    for name in try names(in: folder / "whole") {
      #expect(try contents(folder / "parts/\(name)") == contents(folder / "whole/\(name)"))
    }
    let measured = try await denoise(
      "in", "-o", "o", "--add-noise", "9", "--noisy", "n.h5", "--shard", "1/2", in: folder)
    #expect(measured.status == 64, "\(measured)")
    #expect(measured.errors.contains("Error: --shard: cannot be combined with"), "\(measured)")
  }

  @Test func `images of any size come out in their size`() async throws {
    let folder = try TemporaryFolder()
    let sizes = ["a.png": (50, 37), "b.png": (131, 96), "c.png": (3, 2)]
    for (name, size) in sizes {
      try TestImages.write(name, width: size.0, height: size.1, to: folder / "in")
    }
    let run = try await denoise("in", "-o", "out", in: folder)
    #expect(run.status == 0, "\(run)")
    for (name, size) in sizes {
      let header = try PNGReader.header(of: folder / "out/\(name)")
      #expect(header.width == size.0 && header.height == size.1)
    }
  }

  @Test func `a trial measures against the clean images`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(2, to: folder / "clean")
    let trial = try await denoise(
      "clean", "-o", "out", "--add-noise", "50", "--noisy", "noisy", "--json", in: folder)
    #expect(trial.status == 0, "\(trial)")
    let measured = try decode(Outcome.self, trial)
    let quality = try #require(measured.quality?.images)
    #expect(quality.map(\.image) == ["000000.png", "000001.png"])
    // Noise of 50 gray levels is at 10 log10(255^2 / 50^2) = 14.2 dB, a little better by clipping.
    #expect(quality.allSatisfy { abs($0.noisy_psnr - 14.8) < 1 }, "\(trial)")
    let csv = String(decoding: try contents(folder / "out/quality.csv"), as: UTF8.self)
    #expect(csv.split(separator: "\n").count >= 3, "\(csv)")

    // The noisy images that were written are the ones that were measured.
    let clean = try await denoise(
      "noisy", "-o", "again", "--sigma", "50", "--clean", "clean", "--json", in: folder)
    #expect(clean.status == 0, "\(clean)")
    let again = try #require(try decode(Outcome.self, clean).quality?.images)
    for (one, other) in zip(quality, again) {
      #expect(abs(one.noisy_psnr - other.noisy_psnr) < 0.1, "\(trial)\(clean)")
    }
  }

  @Test func `noisy images are kept as they are for others`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(2, to: folder / "clean")
    let trial = ["clean", "-o", "out", "--add-noise", "50", "--noisy", "noisy.h5", "--json"]
    let run = try await denoise(trial, in: folder)
    #expect(run.status == 0, "\(run)")
    let quality = try #require(try decode(Outcome.self, run).quality?.images)
    // Not clipped: 10 log10(255^2 / 50^2).
    #expect(quality.allSatisfy { abs($0.noisy_psnr - 14.15) < 0.3 }, "\(run)")
    let noisy = try NoisyImages(folder / "noisy.h5")
    #expect(noisy.sigma == 50 && noisy.seed == 0)
    #expect(noisy.sources == ["000000.png", "000001.png"])
    let values = try #require(try noisy.image(of: "000001.png")?.values)
    #expect(values.count == 3 * 32 * 32 && values.contains { $0 > 1.1 })

    // The same again, though nothing is left to denoise.
    try FileManager.default.removeItem(atPath: (folder / "noisy.h5").string)
    let again = try await denoise(trial, in: folder)
    #expect(again.status == 0, "\(again)")
    #expect(try decode(Outcome.self, again).images.skipped == 2)
    #expect(try NoisyImages(folder / "noisy.h5").image(of: "000001.png")?.values == values)
    let shown = try await ProgramRun(["inspect", "noisy.h5"], in: folder.path)
    #expect(shown.output.contains("kind     noisy images\nimages   2\nsigma    50\n"), "\(shown)")

    // What is no such file is not replaced.
    let other = try await denoise(
      "clean", "-o", "out", "--add-noise", "50", "--noisy", "clean/000000.h5", in: folder)
    #expect(other.status == 0, "\(other)")
    try Data("mine".utf8).write(to: URL(filePath: (folder / "mine.h5").string))
    let mine = try await denoise(
      "clean", "-o", "out", "--add-noise", "50", "--noisy", "mine.h5", in: folder)
    #expect(mine.status == 1, "\(mine)")
    #expect(
      mine.lastError
        == "Error: mine.h5: not written: the file exists, and is not a file of noisy images; give another "
        + "name, or --overwrite to replace it", "\(mine)")
  }

  @Test func `the noise that is added need not be what is told`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(1, to: folder / "clean")
    let run = try await denoise(
      "clean", "-o", "out", "--add-noise", "50", "--sigma", "10", "--noisy", "noisy.h5", "--json",
      in: folder)
    #expect(run.status == 0, "\(run)")
    #expect(try NoisyImages(folder / "noisy.h5").sigma == 50)
    let quality = try #require(try decode(Outcome.self, run).quality?.images)
    #expect(quality.allSatisfy { abs($0.noisy_psnr - 14.15) < 0.3 }, "\(run)")
    let text = try #require(try PNGReader.text(of: folder / "out/000000.png").first?.text)
    #expect(text.contains("; sigma 10.0;") && text.contains("; added 50.0;"), "\(text)")
  }

  @Test func `noisy images of other noise are not replaced`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(3, to: folder / "clean")
    func add(_ sigma: String, _ more: String..., to output: String) async throws -> ProgramRun {
      try await denoise(
        ["clean", "-o", output, "--add-noise", sigma, "--noisy", "noisy.h5"] + more, in: folder)
    }
    let one = folder / "clean/000002.png"
    try FileManager.default.moveItem(atPath: one.string, toPath: (folder / "one.png").string)
    #expect(try await add("50", to: "a").status == 0)
    let other = try await add("25", to: "b")
    #expect(other.status == 1, "\(other)")
    #expect(
      other.lastError
        == "Error: noisy.h5: has other images (--add-noise 50, --seed 0, 2 images); this command would "
        + "write --add-noise 25, --seed 0, 2 images; give another output, or --overwrite to replace it",
      "\(other)")
    // More images of the same noise take nothing away.
    try FileManager.default.moveItem(atPath: (folder / "one.png").string, toPath: one.string)
    #expect(try await add("50", to: "a").status == 0)
    #expect(try NoisyImages(folder / "noisy.h5").sources.count == 3)
    #expect(try await add("25", "--overwrite", to: "b").status == 0)
    #expect(try NoisyImages(folder / "noisy.h5").sigma == 25)
  }

  @Test func `turned images are compared as they are shown`() async throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: (folder / "clean").string, withIntermediateDirectories: false)
    let turned = HandmadePNG(
      width: 24, height: 12, extraChunks: [("eXIf", HandmadePNG.exif(orientation: 6))],
      sample: { x, y, _ in 10 * x })
    try Data(turned.bytes).write(to: URL(filePath: (folder / "clean/a.png").string))
    let run = try await denoise(
      "clean", "-o", "out", "--add-noise", "20", "--noisy", "noisy.h5", "--json", in: folder)
    #expect(run.status == 0, "\(run)")
    let quality = try #require(try decode(Outcome.self, run).quality?.images)
    // 10 log10(255^2 / 20^2)
    #expect(quality.allSatisfy { abs($0.noisy_psnr - 22.1) < 0.5 }, "\(run)")
  }

  @Test func `noisy images with alpha are compared over white, rounded or not`() async throws {
    let folder = try TemporaryFolder()
    var image = PixelImage(width: 40, height: 32, format: .rgba, filledWith: 255)
    for p in 0..<(40 * 32) {
      image.pixels.replaceSubrange(
        (4 * p)..<(4 * p + 4), with: [60, 120, 90, p % 40 < 20 ? 0 : 255])
    }
    try FileManager.default.createDirectory(
      atPath: (folder / "clean").string, withIntermediateDirectories: false)
    try PNGWriter.write(image, to: folder / "clean/a.png")
    var found: [Double] = []
    for (output, noisy) in [("a", "noisy"), ("b", "noisy.h5")] {
      let run = try await denoise(
        "clean", "-o", output, "--add-noise", "20", "--noisy", noisy, "--json", in: folder)
      #expect(run.status == 0, "\(run)")
      found.append(try #require(try decode(Outcome.self, run).quality?.images.first?.noisy_psnr))
    }
    // Half of the pixels are white in all of them.
    #expect(abs(found[0] - found[1]) < 0.3 && abs(found[1] - 25.1) < 0.6, "\(found)")
  }

  // A copy of an image in the place of its result was taken for one that Stipple had made, and the image overwritten.
  @Test func `an image is never overwritten by its own result`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(2, to: folder / "in")
    try TestImages.copyFlowers(2, to: folder / "backup")
    for (arguments, place) in [
      (["in/000000.png", "-o", "in"], "in"),
      (["in/000000.png", "in/000001.png", "-o", "in"], "in"),
      (["in", "-o", "backup"], "backup"),
    ] {
      let run = try await denoise(arguments + ["--sigma", "20"], in: folder)
      #expect(run.status != 0 && run.errors.contains("\(place)/000000.png: "), "\(run)")
    }
    for name in ["in", "backup"] {
      #expect(
        try contents(folder / "\(name)/000000.png")
          == contents(TestImages.flowers.appending("000000.png")))
    }
  }

  @Test func `noisy images that are missing are written again`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(2, to: folder / "in")
    let first = ["in", "-o", "out", "--add-noise", "25"]
    #expect(try await denoise(first, in: folder).status == 0)
    for _ in 0..<2 {
      let run = try await denoise(first + ["--noisy", "noisy"], in: folder)
      #expect(run.status == 0 && run.errors.contains("2 skipped"), "\(run)")
      #expect(try names(in: folder / "noisy") == ["000000.png", "000001.png"])
      try FileManager.default.removeItem(atPath: (folder / "noisy/000001.png").string)
    }
  }

  @Test(arguments: [["--strength", "0"], ["--copy-clean", "--sigma", "0.2"]])
  func `what is copied keeps nothing that is to be left out`(way: [String]) async throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: (folder / "in").string, withIntermediateDirectories: false)
    let photo = HandmadePNG(
      width: 24, height: 16, extraChunks: [("tEXt", Array("Author\0somebody".utf8))],
      sample: { x, y, c in 5 * x + 3 * y + c })
    try Data(photo.bytes).write(to: URL(filePath: (folder / "in/a.png").string))
    let kept = try await denoise(["in", "-o", "kept"] + way, in: folder)
    #expect(kept.status == 0, "\(kept)")
    let again = try await denoise(["in", "-o", "kept", "--dry-run"] + way, in: folder)
    #expect(again.status == 0 && again.errors.contains("0 of 1 image"), "\(again)")
    let stripped = try await denoise(["in", "-o", "stripped", "--strip"] + way, in: folder)
    #expect(stripped.status == 0, "\(stripped)")
    #expect(
      !(try PNGReader.text(of: folder / "stripped/a.png").contains { $0.keyword == "Author" }))
    let deep = try await denoise(["in", "-o", "deep", "--depth", "16"] + way, in: folder)
    #expect(deep.status == 0, "\(deep)")
    #expect(try PNGReader.header(of: folder / "deep/a.png").bitDepth == 16)
    if way[0] == "--strength" {
      #expect(try contents(folder / "kept/a.png") == Data(photo.bytes))
      #expect(
        try TestImages.pixels(folder / "stripped/a.png") == TestImages.pixels(folder / "in/a.png"))
    }
  }

  @Test func `the result of another image of the same name is not taken for an image's own`()
    async throws
  {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(2, to: folder / "in")
    #expect(try await denoise("in", "-o", "out", "--sigma", "20", in: folder).status == 0)
    let (first, second) = (folder / "in/000000.png", folder / "in/000001.png")
    try FileManager.default.removeItem(atPath: first.string)
    try FileManager.default.copyItem(atPath: second.string, toPath: first.string)
    let run = try await denoise("in", "-o", "out", "--sigma", "20", in: folder)
    #expect(run.status == 1, "\(run)")
    #expect(
      run.lastError.hasPrefix("Error: out/000000.png: was made with other settings (input image "),
      "\(run)")
    let again = try await denoise("in", "-o", "out", "--sigma", "20", "--overwrite", in: folder)
    #expect(again.status == 0, "\(again)")
    #expect(
      try TestImages.pixels(folder / "out/000000.png")
        == TestImages.pixels(folder / "out/000001.png"))
  }

  @Test func `a folder of clean images that is not there is said before any work`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(1, to: folder / "in")
    let run = try await denoise("in", "-o", "out", "--clean", "nope", in: folder)
    #expect(run.status == 1, "\(run)")
    #expect(run.lastError == "Error: nope: has no clean images: it is not a folder", "\(run)")
    #expect(!FileManager.default.fileExists(atPath: (folder / "out").string))
  }

  @Test func `a clean image of another size is told of, and in JSON`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(1, to: folder / "clean")
    try TestImages.copyFlowers(1, to: folder / "scans")
    #expect(try await denoise("scans", "-o", "out", "--sigma", "20", in: folder).status == 0)
    try TestImages.write("000000.png", width: 20, height: 12, to: folder / "clean")
    let run = try await denoise(
      "scans", "-o", "out", "--sigma", "20", "--clean", "clean", "--json", in: folder)
    #expect(run.status == 3, "\(run)")
    #expect(run.errors.contains("it is 32 x 32, not 20 x 12"), "\(run)")
    #expect(try decode(Outcome.self, run).images.failed == 1)
  }

  @Test func `a sample depends on the seed`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(1, to: folder / "in")
    for seed in ["0", "1"] {
      let run = try await denoise(
        "in", "-o", seed, "--sigma", "50", "--method", "sample", "--steps", "3", "--seed", seed,
        in: folder)
      #expect(run.status == 0, "\(run)")
    }
    let images = try ["0", "1"].map { try PNGReader.read(folder / "\($0)/000000.png") }
    #expect(images[0] != images[1])
  }

  @Test(arguments: ["mean", "sample"])
  func `a result depends on no other image`(method: String) async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(5, to: folder / "in")
    try TestImages.write("big.png", width: 70, height: 41, to: folder / "in")
    let way =
      ["--method", method, "--add-noise", "30"] + (method == "sample" ? ["--steps", "2"] : [])
    func denoise(_ images: [String], _ output: String) async throws {
      let run = try await TrainedRun.shared.path.string
      let denoised = try await ProgramRun(
        ["denoise", "--model", run] + images + ["-o", output] + way, in: folder.path)
      #expect(denoised.status == 0, "\(denoised)")
    }
    try await denoise(["in"], "whole")
    let made = try names(in: folder / "whole").filter { $0.hasSuffix(".png") }
    #expect(made.count == 6)
    try await denoise(["in/big.png", "in/000003.png"], "parts")
    try await denoise(["in"], "parts")
    for name in made {
      #expect(
        try contents(folder / "parts/\(name)") == contents(folder / "whole/\(name)"), "\(name)")
    }
  }

  @Test(arguments: TestImages.Damage.allCases)
  func `a broken image is left out, counted and named`(_ damage: TestImages.Damage) async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(1, to: folder / "in")
    try TestImages.writeBroken(damage, to: folder / "in/broken.png")
    let run = try await denoise("in", "-o", "out", "--sigma", "25", "--json", in: folder)
    #expect(run.status == 3, "\(run)")
    let outcome = try decode(Outcome.self, run)
    #expect(outcome.images.written == 1 && outcome.images.missing == 1)
    #expect(outcome.failures.first?.hasPrefix("in/broken.png: ") == true, "\(run)")
    #expect(run.errors.contains("left out: in/broken.png: "), "\(run)")
    #expect(try names(in: folder / "out") == ["000000.png"])
    let strict = try await denoise("in", "-o", "strict", "--sigma", "25", "--strict", in: folder)
    #expect(strict.status == 1, "\(strict)")
  }

  @Test func `gray is expanded for a network of colors`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.write("a.png", width: 32, height: 32, format: .gray, to: folder / "in")
    let run = try await denoise("in", "-o", "out", "--sigma", "25", in: folder)
    #expect(run.status == 0, "\(run)")
  }

  @Test func `color is refused by a network of gray, or converted where asked`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.write("a.png", width: 32, height: 32, format: .gray, to: folder / "gray")
    try TestImages.write("b.png", width: 32, height: 32, to: folder / "color")
    let trained = try await ProgramRun(TrainedRun.train("gray", "run", steps: 1), in: folder.path)
    #expect(trained.status == 0, "\(trained)")
    let command = ["denoise", "--model", "run", "color", "-o", "out", "--sigma", "25"]
    let refused = try await ProgramRun(command, in: folder.path)
    #expect(refused.status == 3, "\(refused)")
    #expect(
      refused.errors.contains(
        "left out: color/b.png: color image, but the model is grayscale; use --convert to "
          + "convert it\n"))
    let converted = try await ProgramRun(command + ["--convert"], in: folder.path)
    #expect(converted.status == 0, "\(converted)")
    #expect(try PNGReader.header(of: folder / "out/b.png").format == .gray)
  }
}
