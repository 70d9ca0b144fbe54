import Foundation
import SystemPackage
import TestSupport
import Testing

/// Names and values that would command a terminal, or pass for lines of the program's own.
@Suite struct TerminalTextTests {
  private let folder: TemporaryFolder

  /// ESC [ 31 m, a line of its own, C1's CSI, DEL, a right-to-left override.
  private static let hostile = "a\u{1b}[31m\nError: forged\u{9b}2J\u{7f}\u{202e}b"
  private static let shown = #"a\x1b[31m\nError: forged\x9b2J\x7f\u{202e}b"#

  init() throws { folder = try TemporaryFolder() }

  /// Makes sure that a text has no control characters but line feeds.
  private func expectPlain(_ text: String, _ comment: Comment) {
    let control = text.unicodeScalars.first { scalar in
      scalar != "\n" && (scalar.properties.generalCategory == .control || scalar == "\u{202e}")
    }
    #expect(control == nil, comment)
    #expect(!text.split(separator: "\n").contains { $0.hasPrefix("Error: forged") }, comment)
  }

  private func write(_ text: String, to path: String) throws {
    try Data(text.utf8).write(to: URL(filePath: (folder.path.string + "/" + path)))
  }

  @Test func `names of images, folders and classes are told without control characters`()
    async throws
  {
    try TestImages.copyFlowers(4, to: folder / "in/x\(Self.hostile)")
    try TestImages.copyFlowers(4, to: folder / "in/y")
    try write("no image", to: "in/\(Self.hostile).png")
    let model = try await TrainedRun.shared.path.string
    let train = TrainedRun.train(
      "in", "run\(Self.hostile)", steps: 2, "--size", "16", "--batch", "2", "--classes", "folders")
    for (command, status) in [
      (train, 3), (["denoise", "--model", model, "in", "-o", "out", "--sigma", "25"], 3),
      (["compare", "in", "in"], 3), (["evaluate", model, "in", "--timesteps", "2"], 3),
      (["noise", "in", "-o", "n\(Self.hostile).h5", "--timesteps", "0"], 3),
      (["inspect", "n\(Self.hostile).h5"], 0), (["inspect", "run\(Self.hostile)"], 0),
      (["inspect", "in/\(Self.hostile).png"], 1), (["inspect", Self.hostile], 1),
      (["train", "in", "-o", "new", "--config", Self.hostile], 1),
    ] as [([String], Int32)] {
      let run = try await ProgramRun(command, in: folder.path)
      #expect(run.status == status, "\(run)")
      expectPlain(run.output + run.errors, "\(run)")
      #expect((run.output + run.errors).contains(Self.shown), "\(run)")
    }
    let log = try contents(folder / "run\(Self.hostile)/log.txt")
    expectPlain(String(decoding: log, as: UTF8.self), "\(log)")
  }

  @Test(arguments: [
    [hostile], ["train", "--\(hostile)"], ["train", "in", "-o", "x", "--steps", hostile],
    ["train", "in", "-o", "x", "--steps=\(hostile)"], ["inspect", "a", hostile],
    ["generate", "a", "-o", "b", "--sampler", hostile],
    ["train", "in", "-o", "x", "--preset", hostile],
    ["train", "in", "-o", "x", "--background", hostile],
  ])
  func `arguments are told without control characters`(arguments: [String]) async throws {
    try TestImages.copyFlowers(2, to: folder / "in")
    let run = try await ProgramRun(arguments, in: folder.path)
    #expect(run.status == 64, "\(run)")
    expectPlain(run.output + run.errors, "\(run)")
  }

  @Test func `what files say is told without control characters, and exactly in JSON`()
    async throws
  {
    try FileManager.default.createDirectory(
      atPath: (folder / "network").string, withIntermediateDirectories: false)
    let quoted = String(decoding: try JSONEncoder().encode(Self.hostile), as: UTF8.self)
    try write("{\"_class_name\": \(quoted)}", to: "network/config.json")
    try write("\(quoted): 1\n", to: "settings.yaml")
    try write("preset: \(quoted)\n", to: "preset.yaml")
    try TestImages.copyFlowers(2, to: folder / "in")
    for command in [
      ["import", "network", "-o", "n.h5"], ["train", "in", "-o", "a", "--config", "settings.yaml"],
      ["train", "in", "-o", "b", "--config", "preset.yaml"],
    ] {
      let run = try await ProgramRun(command, in: folder.path)
      #expect(run.status != 0, "\(run)")
      expectPlain(run.output + run.errors, "\(run)")
    }

    try TestImages.copyFlowers(1, to: folder / "x\(Self.hostile)")
    _ = try await ProgramRun(
      [
        "noise", "x\(Self.hostile)", "x\(Self.hostile)/000000.png", "-o", "n.h5", "--timesteps",
        "0",
      ],
      in: folder.path)
    struct Inspection: Decodable { let path: String }
    let link = "l\(Self.hostile).h5"
    try FileManager.default.createSymbolicLink(
      atPath: folder.path.string + "/" + link, withDestinationPath: "n.h5")
    let run = try await ProgramRun(["inspect", link, "--json"], in: folder.path)
    #expect(try decode(Inspection.self, run, at: "file").path == link)
  }
}
