import Foundation
import PNGCodec
import Stipple
import SystemPackage
import TestSupport
import Testing

/// The denoiser that comes with the program.
@Suite struct BuiltInModelTests {
  private struct Found: Decodable {
    struct Quality: Decodable {
      struct Mean: Decodable { let noisy_psnr, psnr: Double }
      let mean: Mean
    }
    let quality: Quality?
  }

  /// Noise is added to pictures, and taken out again by a command that is told nothing about it.
  private func denoised(_ pictures: FilePath, in folder: TemporaryFolder) async throws -> Found {
    let noisy = try await ProgramRun(
      ["denoise", pictures.string, "-o", "told", "--add-noise", "30", "--noisy", "noisy"],
      in: folder.path)
    #expect(noisy.status == 0, "\(noisy)")
    let run = try await ProgramRun(
      ["denoise", "noisy", "-o", "clean", "--clean", pictures.string, "--json"], in: folder.path)
    #expect(run.status == 0, "\(run)")
    return try decode(Found.self, run)
  }

  @Test func `it takes noise out of color pictures, told nothing`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(6, to: folder / "pictures")
    let mean = try #require(try await denoised(folder / "pictures", in: folder).quality?.mean)
    #expect(mean.psnr > mean.noisy_psnr + 3, "\(mean)")
  }

  @Test func `it takes noise out of gray pictures, which stay gray`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.write("a.png", width: 96, height: 64, format: .gray, to: folder / "pictures")
    let mean = try #require(try await denoised(folder / "pictures", in: folder).quality?.mean)
    #expect(mean.psnr > mean.noisy_psnr + 6, "\(mean)")
    #expect(try PNGReader.header(of: folder / "clean/a.png").isGray)
  }

  @Test func `it is listed, with its card`() async throws {
    let folder = try TemporaryFolder()
    let list = try await ProgramRun(["models"], in: folder.path)
    #expect(list.status == 0 && list.output.contains("denoise-rgb"), "\(list)")
    let card = try await ProgramRun(["models", "denoise-rgb"], in: folder.path)
    #expect(card.output.contains("CC0") && card.output.contains("Training data"), "\(card)")
    #expect(try await ProgramRun(["inspect", "denoise-rgb"], in: folder.path).status == 0)
  }
}
