import Foundation
import PNGCodec
import SystemPackage
import TestSupport
import Testing

/// The figures of `stipple denoise`, as JSON, CSV and a table.
@Suite struct QualityTests {
  private func denoise(_ more: String..., in folder: TemporaryFolder) async throws -> ProgramRun {
    let run = try await TrainedRun.shared.path.string
    return try await ProgramRun(["denoise", "--model", run] + more, in: folder.path)
  }

  /// What `--json` printed, as any JSON reader takes it.
  private func object(_ run: ProgramRun) throws -> [String: Any] {
    try #require(
      JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any], "\(run)")
  }

  private func rows(_ folder: TemporaryFolder) throws -> [[String]] {
    String(decoding: try contents(folder / "out/quality.csv"), as: UTF8.self)
      .split(separator: "\n").map { $0.components(separatedBy: ",") }
  }

  @Test func `what is infinite is null with a flag, and counted apart from the mean`() async throws
  {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(3, to: folder / "in")
    try TestImages.copyFlowers(3, to: folder / "clean")
    // One noisy image differs from its clean one by a gray level.
    var image = try PNGReader.read(folder / "in/000001.png")
    image.pixels = image.pixels.map { $0 == 255 ? 254 : $0 + 1 }
    try PNGWriter.write(image, to: folder / "in/000001.png")

    let command = ["in", "-o", "out", "--sigma", "10", "--clean", "clean"]
    let run = try await denoise(
      command[0], command[1], command[2], command[3], command[4], command[5], command[6], "--json",
      in: folder)
    #expect(run.status == 0, "\(run)")
    let report = try object(run)
    let table = try #require(report["quality"] as? [String: Any])
    let quality = try #require(table["images"] as? [[String: Any]])
    #expect(
      quality[0]["noisy_psnr"] is NSNull && quality[0]["noisy_psnr_infinite"] as? Bool == true)
    let finite = try #require(quality[1]["noisy_psnr"] as? Double)
    #expect(abs(finite - 48.13) < 0.01 && quality[1]["noisy_psnr_infinite"] == nil)
    let mean = try #require(table["mean"] as? [String: Any])
    #expect(mean["image"] as? String == "mean" && mean["images"] as? Int == 3)
    #expect(mean["noisy_psnr"] as? Double == finite && mean["infinite_noisy_psnr"] as? Int == 2)
    #expect(mean["infinite_psnr"] as? Int == 0)
    for text in ["\"inf\"", "\"-inf\"", "\"nan\""] {
      #expect(!run.output.contains(text), "\(run)")
    }

    let rows = try rows(folder)
    #expect(
      rows[0] == ["image", "noisy_psnr", "psnr", "noisy_ssim", "ssim", "estimated_sigma"])
    #expect(rows[1][..<2] == ["000000.png", "inf"])
    #expect(rows[4][..<2] == ["mean", "\(finite)"])
    #expect(rows[5] == ["infinite", "2", "0", "", "", ""])

    let shown = try await denoise(
      command[0], command[1], command[2], command[3], command[4], command[5], command[6],
      in: folder)
    #expect(
      shown.output.hasSuffix(
        "\nmean PSNR leaves out images that equal the clean one (infinite PSNR): 2 noisy\n"),
      "\(shown)")
  }

  @Test func `the mean of infinities is null, and of nothing there is none`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(1, to: folder / "in")
    let run = try await denoise(
      "in", "-o", "out", "--sigma", "10", "--clean", "in", "--json", in: folder)
    #expect(run.status == 0, "\(run)")
    let mean = try #require(
      (try object(run)["quality"] as? [String: Any])?["mean"] as? [String: Any])
    #expect(mean["noisy_psnr"] is NSNull && mean["infinite_noisy_psnr"] as? Int == 1)
    #expect(
      try rows(folder).suffix(2).map { Array($0[..<2]) } == [["mean", ""], ["infinite", "1"]])

    try FileManager.default.createDirectory(
      atPath: (folder / "empty").string, withIntermediateDirectories: true)
    let none = try await denoise(
      "in", "-o", "out", "--sigma", "10", "--clean", "empty", "--json", in: folder)
    #expect(none.status == 3, "\(none)")
    #expect((try object(none)["quality"] as? [String: Any])?["mean"] == nil)
    #expect(try rows(folder).count == 1)
    let shown = try await denoise(
      "in", "-o", "out", "--sigma", "10", "--clean", "empty", in: folder)
    #expect(!shown.output.contains("mean") && !shown.output.contains("0.00"), "\(shown)")
  }

  @Test func `the noise that was estimated is told of each image`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(2, to: folder / "clean")
    let trial = try await denoise(
      "clean", "-o", "trial", "--add-noise", "20", "--noisy", "in", "--json", in: folder)
    let given = try #require(try object(trial)["results"] as? [[String: Any]])
    #expect(given.count == 2 && given.allSatisfy { $0["sigma"] as? Double == 20 }, "\(trial)")
    #expect(given.allSatisfy { abs(($0["estimated_sigma"] as? Double ?? 0) - 20) < 8 }, "\(trial)")

    func estimates(_ more: String...) async throws -> [Double] {
      let run = try await ProgramRun(
        ["denoise", "--model", TrainedRun.shared.path.string, "in", "-o", "out", "--json"] + more,
        in: folder.path)
      #expect(run.status == 0, "\(run)")
      let images = try #require(try object(run)["results"] as? [[String: Any]])
      #expect(images.map { $0["image"] as? String } == ["000000.png", "000001.png"])
      #expect(images.allSatisfy { $0["sigma"] is NSNull })
      return try images.map { try #require($0["estimated_sigma"] as? Double) }
    }
    let first = try await estimates()
    #expect(first.allSatisfy { abs($0 - 20) < 8 } && first[0] != first[1], "\(first)")
    // Those that are there already say what was estimated of them.
    #expect(try await estimates("--clean", "clean") == first)
    #expect(try rows(folder)[1...2].map { Double($0[5]) } == first)
  }
}
