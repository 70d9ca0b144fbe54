import Foundation
import SystemPackage
import TestSupport
import Testing

/// What `--json` prints, held against docs/json.md: no key that is not described, none that is missing.
@Suite struct JSONTests {
  /// A command line, and the sections of docs/json.md that describe what it prints.
  struct Row: CustomTestStringConvertible, Sendable {
    let arguments: [String]
    let sections: [String]
    var testDescription: String { arguments.joined(separator: " ") }

    init(_ arguments: String, _ sections: String...) {
      self.arguments = arguments.split(separator: " ").map(String.init)
      self.sections = sections
    }
  }

  private static let batch = "generate, inpaint, interpolate, denoise, noise"

  static let rows = [
    Row("train pictures -o new --preset tiny --steps 1 --batch 4 --sample-every 0", "train"),
    Row(
      "train pictures -o planned --preset tiny --steps 50 --snapshot-every 5 --record-batches every=2 --dry-run",
      "train --dry-run"),
    Row("distill run pictures -o fast --training-steps 1 --sample-every 0", "train"),
    Row("generate run -o images -n 2 --steps 2", batch),
    Row("generate run -o images -n 2 --steps 2 --dry-run", batch),
    Row("generate run -o varied --from pictures --steps 2", batch),
    Row("inpaint run pictures --masks mask.png -o filled --steps 2 --jump-length 1", batch),
    Row("interpolate run -o frames --seeds 1 2 --frames 3 --steps 2", batch),
    Row("denoise --model run pictures -o clean --add-noise 20 --noisy noisy", batch, "denoise"),
    Row("noise pictures -o n.h5 --timesteps 0,9", batch, "noise"),
    Row("evaluate run pictures --timesteps 3", "evaluate"),
    Row("compare pictures pictures", "compare"),
    Row("benchmark --preset tiny --batch 1 --size 16 --seconds 0.1 --verbose", "benchmark"),
    Row(
      "benchmark --only attention --batch 1 --size 8 --seconds 0.1", "benchmark --only attention"),
    Row("ema averaged --length 0.1 -o ema.h5 --dry-run", "ema"),
    Row("export run -o exported", "export"), Row("export run -o exported.h5", "export"),
    Row("import diffusers -o imported.h5", "import"),
    Row("models", "models"), Row("models tiny", "models"), Row("doctor", "doctor"),
    Row("inspect run --verify", "inspect"), Row("report run -o page.html", "report"),
  ]

  private static let folder = Task {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(4, to: folder / "pictures")
    try TestImages.write("mask.png", width: 32, height: 32, to: folder.path)
    let run = try await TrainedRun.shared.path
    try FileManager.default.copyItem(atPath: run.string, toPath: (folder / "run").string)
    for command in [
      ["export", "run", "-o", "diffusers"],
      ["export", "run", "-o", "models/tiny.h5"],
      TrainedRun.train("pictures", "averaged", steps: 2, "--snapshot-every", "1"),
    ] {
      let done = try await ProgramRun(command, in: folder.path)
      #expect(done.status == 0, "\(done)")
    }
    return folder
  }

  @Test(arguments: rows) func `is described, and nothing is missing`(_ row: Row) async throws {
    let folder = try await Self.folder.value.path
    let run = try await ProgramRun(
      row.arguments + ["--json"], in: folder, environment: ["STIPPLE_DATA": "models"])
    #expect(run.status == 0, "\(run)")
    let found = Self.paths(try JSONSerialization.jsonObject(with: Data(run.output.utf8)))
    var (described, needed): (Set<String>, Set<String>) = ([], [])
    for section in row.sections {
      let paths = try Self.described(in: section)
      #expect(!paths.isEmpty, "docs/json.md has no section \(section)")
      described.formUnion(paths.map(\.path))
      needed.formUnion(paths.filter { !$0.isOptional }.map(\.path))
    }
    for path in found.sorted() {
      #expect(described.contains { Self.matches(path, $0) }, "\(path) is not described")
      let names = path.split { ".[]".contains($0) }
      #expect(
        names.allSatisfy { $0.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "_" } }, "\(path)"
      )
    }
    for path in needed.sorted() {
      #expect(found.contains { Self.matches($0, path) }, "\(path) is missing in \(run)")
    }
  }

  @Test func `every command with JSON has a section and a row`() async throws {
    let help = try await ProgramRun(["--help"]).output
    let commands = help.matches(of: /\n  ([a-z]+) +[A-Z]/).map { String($0.1) }
    #expect(commands.count == 18)
    for command in commands {
      let page = try await ProgramRun([command, "--help"]).output
      guard page.contains("--json") else { continue }
      #expect(Self.rows.contains { $0.arguments.first == command }, "\(command)")
    }
  }

  /// The paths of all values: `.images.written`, `.results[].sigma`.
  private static func paths(_ value: Any, _ path: String = "") -> Set<String> {
    switch value {
    case let object as [String: Any]:
      object.reduce(into: []) { $0.formUnion(paths($1.value, "\(path).\($1.key)")) }
    case let array as [Any]:
      array.reduce(into: []) { $0.formUnion(paths($1, path + "[]")) }
    default: [path]
    }
  }

  /// Whether a path is one that is described; `*` is any key, `**` anything below.
  private static func matches(_ path: String, _ described: String) -> Bool {
    if described.hasSuffix(".**") { return path.hasPrefix(described.dropLast(2)) }
    if described.hasSuffix(".*") {
      let start = described.dropLast(1)
      return path.hasPrefix(start) && !path.dropFirst(start.count).contains(".")
    }
    return path == described
  }

  /// The paths in the first column of a section's table.
  private static func described(in section: String) throws -> [(path: String, isOptional: Bool)] {
    let root = FilePath(#filePath).removingLastComponent().removingLastComponent()
      .removingLastComponent()
    let text = String(decoding: try contents(root.appending("docs/json.md")), as: UTF8.self)
    guard
      let part = text.components(separatedBy: "\n## ").first(where: { $0.hasPrefix(section + "\n") }
      )
    else { return [] }
    return part.split(separator: "\n").filter { $0.hasPrefix("| `.") }.flatMap { line in
      let column = line.split(separator: "|")[0]
      return column.matches(of: /`([^`]+)`/)
        .map { (String($0.1), line.contains("optional")) }
    }
  }
}
