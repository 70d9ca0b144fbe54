import Foundation
import HDF5
import PNGCodec
import SystemPackage
import TestSupport
import Testing

/// What bad input gets: one sentence that names the file and the cause, and a status; never a crash.
@Suite struct BadInputTests {
  /// A command line and what has to come of it.
  struct Case: CustomTestStringConvertible, Sendable {
    /// In words, for the reader.
    let title: String
    let arguments: [String]
    var status: Int32 = 1
    /// The last line on standard error.
    let sentence: String

    var testDescription: String { title }
  }

  @Test(arguments: cases)
  func `gets its sentence and its status`(_ row: Case) async throws {
    let folder = try await BadInput.shared.path
    let before = try names(in: folder)
    let run = try await ProgramRun(row.arguments, in: folder)
    #expect(run.lastError == row.sentence)
    #expect(run.status == row.status, "\(run)")
    #expect(run.output == "", "\(run)")
    for word in PlainLanguage.avoided {
      #expect(!run.errors.localizedCaseInsensitiveContains(word), "\(word) in \(run)")
    }
    #expect(try names(in: folder) == before, "something was left behind")
  }
}

/// A folder with what the cases are about, made once.
private enum BadInput {
  static var shared: TemporaryFolder {
    get async throws { try await making.value }
  }

  private static let making = Task {
    let folder = try TemporaryFolder()
    let manager = FileManager.default
    for name in ["empty", "texts", "broken"] {
      try manager.createDirectory(
        atPath: (folder / name).string, withIntermediateDirectories: true)
    }
    try Data("not an image\n".utf8).write(to: URL(filePath: (folder / "texts/a.txt").string))
    for damage in TestImages.Damage.allCases {
      try TestImages.writeBroken(damage, to: folder / "broken/\(damage.rawValue).png")
    }
    try TestImages.copyFlowers(16, to: folder / "pictures")
    try TestImages.copyFlowers(1, to: folder / "copies")
    try Data("bogus: 1\n".utf8).write(to: URL(filePath: (folder / "bogus.yaml").string))
    try Data("gaussian:\n  range: 30..5\n".utf8)
      .write(to: URL(filePath: (folder / "noise.yaml").string))
    try Data("preset: tiny\ndegradation:\n  jpeg-after: {range: 0..95}\n".utf8)
      .write(to: URL(filePath: (folder / "jpeg.yaml").string))
    try TestImages.write("a.png", "b.png", width: 32, height: 32, to: folder / "sizes")
    try TestImages.write("a.png", width: 30, height: 20, to: folder / "odd")
    try TestImages.write("c.png", width: 24, height: 16, to: folder / "sizes")
    try PNGWriter.write(
      PixelImage(width: 32, height: 32, format: .rgb, filledWith: 0), to: folder / "black.png")

    let run = try await TrainedRun.shared.path
    try manager.copyItem(atPath: run.string, toPath: (folder / "run").string)
    let checkpoint = run.appending("checkpoints/step-00000010.h5")
    try contents(checkpoint).prefix(3000).write(to: URL(filePath: (folder / "cut.h5").string))
    try file(folder / "foreign.h5") { root in try root.write("x", [Float](repeating: 1, count: 4)) }
    try Data([8, 0, 0, 0, 0, 0, 0, 0] + Array("{}      ".utf8))
      .write(to: URL(filePath: (folder / "foreign.safetensors").string))
    try file(folder / "newer.h5") { root in
      try root.setAttribute("format", "stipple-checkpoint")
      try root.setAttribute("format_version", 99)
    }
    try file(folder / "noised.h5") { root in
      try root.setAttribute("format", "stipple-noised")
      try root.setAttribute("format_version", 1)
    }
    return folder
  }

  private static func file(_ path: FilePath, _ fill: (Group) throws -> Void) throws {
    let file = try File.create(path)
    try fill(file.root)
    try file.publish()
  }
}
