import Foundation
import Stipple
import SystemPackage
import TestSupport
import Testing

/// Restoration networks, and how much of the noise is taken away, from the outside.
@Suite struct RestorationTests {
  /// A run of a small restoration network on flowers, made once.
  private static let made = Task {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(32, to: folder / "pictures")
    try Data("gaussian: {range: 10..60}\nrounding: 1\n".utf8)
      .write(to: URL(filePath: (folder / "noise.yaml").string))
    let run = try await ProgramRun(
      TrainedRun.train(
        "pictures", "run", steps: 120, "--degradation", "noise.yaml", "--size", "16", "--fit",
        "resize", "--ema-decay", "0.95"), in: folder.path)
    try #require(run.status == 0, "\(run)")
    #expect(run.errors.contains("next: stipple denoise NOISY -o denoised --model run"), "\(run)")
    let noisy = try await ProgramRun(
      [
        "denoise", "pictures", "-o", "told", "--model", "run", "--add-noise", "40", "--noisy",
        "noisy", "--json",
      ], in: folder.path)
    try #require(noisy.status == 0, "\(noisy)")
    return folder
  }

  private struct Found: Decodable {
    struct Item: Decodable {
      struct Noise: Decodable {
        let sigma, luma, chroma, read_noise, gain, correlation: Double
        let jpeg_blocks: Bool
      }
      let image: String
      let noise: Noise?
    }
    struct Quality: Decodable {
      struct Mean: Decodable { let noisy_psnr, psnr: Double }
      let mean: Mean
    }
    let results: [Item]
    let quality: Quality?
  }

  private func denoise(
    _ images: String, _ output: String, _ more: String..., in folder: TemporaryFolder
  ) async throws -> ProgramRun {
    let shared = try await Self.made.value
    let input = images == "noisy" ? (shared / "noisy").string : images
    return try await ProgramRun(
      ["denoise", input, "-o", output, "--model", (shared / "run").string] + more, in: folder.path)
  }

  @Test func `noise is taken away and told of, whether its level is given or not`() async throws {
    let folder = try TemporaryFolder()
    let clean = (try await Self.made.value / "pictures").string
    for arguments in [[], ["--sigma", "40"], ["--sigma", "30..50"], ["--noise", "gaussian:40"]] {
      let name = arguments.last ?? "blind"
      let run = try await ProgramRun(
        [
          "denoise", (try await Self.made.value / "noisy").string, "-o", name, "--model",
          (try await Self.made.value / "run").string, "--clean", clean, "--json",
        ] + arguments, in: folder.path)
      #expect(run.status == 0, "\(run)")
      let found = try decode(Found.self, run)
      let mean = try #require(found.quality?.mean)
      #expect(mean.psnr > mean.noisy_psnr + 3, "\(arguments): \(mean)")
      let sigmas = found.results.compactMap { $0.noise?.sigma }
      #expect(sigmas.count == 32 && sigmas.allSatisfy { (10...45).contains($0) }, "\(sigmas)")
      // With a level that is given, what it has removed is all that is known.
      let isGiven = ["40", "gaussian:40"].contains(arguments.last)
      #expect(run.errors.contains("noise \(isGiven ? "removed" : "found"): sigma "), "\(run)")
    }
  }

  @Test func `strength 0 is the input, byte for byte, and half is between`() async throws {
    let folder = try TemporaryFolder()
    let noisy = try await Self.made.value / "noisy"
    let none = try await denoise("noisy", "none", "--strength", "0", in: folder)
    #expect(none.status == 0 && none.errors.contains("32 images copied byte for byte"), "\(none)")
    for name in try names(in: noisy) {
      #expect(try contents(folder / "none/\(name)") == contents(noisy.appending(name)))
    }
    let again = try await denoise("noisy", "none", "--strength", "0", in: folder)
    #expect(again.status == 0 && again.errors.contains("32 skipped (already exist)"), "\(again)")

    let clean = (try await Self.made.value / "pictures").string
    var figures: [Double] = []
    for strength in ["0.3", "1"] {
      let run = try await denoise(
        "noisy", "s\(strength)", "--strength", strength, "--clean", clean, "--json", in: folder)
      figures.append(try #require(try decode(Found.self, run).quality?.mean.psnr))
    }
    #expect(figures[0] < figures[1] - 1, "\(figures)")
    // A result with another strength is another image.
    let other = try await denoise("noisy", "s1", "--luma", "0.5", in: folder)
    #expect(
      other.status == 1 && other.lastError.contains("was made with other settings"), "\(other)")
  }

  @Test func `clean images are said to be, and copied where that is wanted`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.write("ramp.png", width: 64, height: 64, to: folder / "in")
    // Where a network of diffusion is told the noise, it is estimated from the image.
    let run = (try await TrainedRun.shared.path).string
    func denoise(_ more: String...) async throws -> ProgramRun {
      try await ProgramRun(["denoise", "in", "--model", run] + more, in: folder.path)
    }
    let told = try await denoise("-o", "out")
    #expect(
      told.errors.contains(
        "1 image of 1 is clean already (noise below sigma 1, as far as can be told); "
          + "--copy-clean copies such images as they are"
      ), "\(told)")
    #expect(try contents(folder / "out/ramp.png") != contents(folder / "in/ramp.png"))
    let copied = try await denoise("-o", "copy", "--copy-clean", "--json")
    #expect(
      copied.status == 0 && copied.errors.contains("1 image copied byte for byte"), "\(copied)")
    #expect(try contents(folder / "copy/ramp.png") == contents(folder / "in/ramp.png"))
    let itself = try await ProgramRun(
      ["denoise", "ramp.png", "--model", run, "-o", "."], in: folder / "in")
    #expect(
      itself.status == 1
        && itself.lastError.hasSuffix(
          "ramp.png: not written: it is the input image itself; use another folder"),
      "\(itself)")
    let again = try await denoise("-o", "copy", "--copy-clean")
    #expect(again.errors.contains("1 skipped (already exist)"), "\(again)")
    let other = try await denoise("-o", "copy")
    #expect(other.status == 1)
    #expect(
      other.errors.contains(
        "copy/ramp.png: not written: the file exists, and is an unchanged copy of the input image (of --copy-clean "
          + "or --strength 0); give the same option again, or give another output"), "\(other)")
  }

  @Test func `inspect shows its degradation`() async throws {
    let run = try await ProgramRun(["inspect", "run"], in: try await Self.made.value.path)
    let lines = run.output.split(separator: "\n")
    let degradation = try #require(lines.first { $0.hasPrefix("degradation ") }, "\(run)")
    #expect(degradation.contains("gaussian 10..60 in 100 %, rounding in 100 %"), "\(run)")
    #expect(!lines.contains { $0.hasPrefix("schedule") || $0.hasPrefix("objective") }, "\(run)")
  }

  @Test func `what a restoration network cannot do is said`() async throws {
    let folder = try TemporaryFolder()
    let run = (try await Self.made.value / "run").string
    try TestImages.copyFlowers(1, to: folder / "pictures")
    for (arguments, status, error) in [
      (
        ["generate", run, "-o", "images", "-n", "1"], 1,
        "the model is a restoration network, without a diffusion process: only stipple denoise can use it"
      ),
      (["evaluate", run, "pictures"], 1, "the model is a restoration network"),
      (["export", run, "-o", "folder"], 1, "diffusers"),
      (
        ["denoise", "pictures", "-o", "out", "--model", run, "--method", "sample"], 64,
        "sample needs a diffusion model, and this is a restoration network; use mean"
      ),
      (
        ["denoise", "pictures", "-o", "out", "--model", run, "--noise", "poisson:0.5"], 64,
        "poisson:0.5 is outside what the model was trained on"
      ),
      (
        ["denoise", "pictures", "-o", "out", "--strength", "3"], 64,
        "--strength: must be from 0 to 2, got 3"
      ),
      (["denoise", "pictures", "-o", "out", "--noise", "salt:3"], 64, "salt:3"),
      (
        ["denoise", "pictures", "-o", "out", "--sigma", "5..30", "--noise", "gaussian:3"], 64,
        "--noise: cannot be combined with --sigma"
      ),
    ] as [([String], Int32, String)] {
      let outcome = try await ProgramRun(arguments, in: folder.path)
      #expect(outcome.status == status && outcome.errors.contains(error), "\(outcome)")
    }
  }
}
