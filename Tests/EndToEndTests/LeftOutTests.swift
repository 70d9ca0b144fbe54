import Foundation
import SystemPackage
import TestSupport
import Testing

/// Files of input folders that are not taken for images.
@Suite struct LeftOutTests {
  private static let note = "left out 5 files that are not PNG: 2 .jpg, 2 .webp, 1 without a suffix"

  /// `in`: two flowers, and files of other kinds, of which a hidden one is nobody's business.
  private func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(2, to: folder / "in")
    try TestImages.copyFlowers(2, to: folder / "plain")
    try TestImages.copyFlowers(1, to: folder / "in/deeper")
    for name in ["a.webp", "b.JPG", "deeper/c.jpg", "deeper/d.webp", "README", ".hidden"] {
      try Data("x".utf8).write(to: URL(filePath: (folder / "in/\(name)").string))
    }
    return folder
  }

  @Test(arguments: [
    "denoise --model RUN in -o out --sigma 9", "denoise --model RUN in -o out --dry-run",
    "generate RUN --from in -o out --steps 1", "generate RUN --from in -o out --dry-run",
    "inpaint RUN in --masks in/000000.png -o out --dry-run",
    "interpolate RUN --between in plain -o out --frames 2 --steps 1",
    "interpolate RUN --between in plain -o out --dry-run",
    "evaluate RUN in --timesteps 2", "evaluate RUN in --dry-run",
    "compare in plain", "compare plain in", "compare in plain --dry-run",
    "noise in -o n.h5 --timesteps 3", "benchmark --only png --images in --seconds 0.01",
    "train in -o run --preset tiny --steps 1 --batch 2 --sample-every 0",
  ])
  func `are told of, once, by every command`(command: String) async throws {
    let folder = try folder()
    let run = try await TrainedRun.shared.path.string
    let arguments = command.replacing("RUN", with: run).components(separatedBy: " ")
    let outcome = try await ProgramRun(arguments, in: folder.path)
    #expect(outcome.errors.components(separatedBy: Self.note).count == 2, "\(outcome)")
  }

  @Test func `one alone is one, and none is not spoken of`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(2, to: folder / "in")
    let none = try await ProgramRun(["compare", "in", "in"], in: folder.path)
    #expect(none.status == 0 && !none.errors.contains("left out"), "\(none)")
    try Data("x".utf8).write(to: URL(filePath: (folder / "in/a.tar.gz").string))
    let one = try await ProgramRun(
      ["noise", "in", "-o", "n.h5", "--timesteps", "1"], in: folder.path)
    #expect(one.errors.hasPrefix("left out 1 file that is not PNG: 1 .gz\n"), "\(one)")
  }
}
