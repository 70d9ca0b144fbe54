import Foundation
import Stipple
import SystemPackage
import TestSupport
import Testing

/// The table of settings, and all who read it: no key of it may be forgotten by any of them.
@Suite struct SettingTableTests {
  typealias Key = TrainingSettings.CodingKeys

  /// What is typed to give a setting another value, where one that is made up would not do.
  static let changes: [Key: String] = [
    .size: "32", .background: "#000000", .time: "1h", .betaStart: "0.0002", .betaEnd: "0.03",
    .betas: "betas.txt", .noiseRange: "0..50", .recordBatches: "first=1",
    .degradation: "noise.yaml", .preset: "small", .memory: "900M",
  ]

  /// Some words that change a setting.
  static func change(_ key: Key, from settings: TrainingSettings) throws -> [String] {
    let setting = key.setting
    if setting.value == nil {
      return ["--\(key.rawValue)"] + (key == .zeroTerminalSNR ? ["--objective", "velocity"] : [])
    }
    let values = changes[key].map { [$0] } ?? setting.choices + ["4", "0.5"]
    let value = try #require(
      values.first { value in
        var changed = settings
        guard setting.accepts(value), value != setting.words(settings) else { return false }
        // What names a file is tried by the program.
        if setting.namesFile { return true }
        return (try? changed.set(key, to: value)) != nil && setting.words(changed) != nil
          && setting.range.map { isWithin($0, value) } != false
      }, "\(key): give a value in `changes`")
    return ["--\(key.rawValue)", value]
  }

  private static func isWithin(_ range: SettingRange, _ value: String) -> Bool {
    Double(value).map { range.fault($0) == nil } ?? true
  }

  /// Replaying takes a recording, which has tests of its own.
  static let triedElsewhere: Set<Key> = [.replay]

  @Test func `every setting has a flag, in its section of the help, with its text`() async throws {
    let help = try await ProgramRun(["train", "--help"]).output
    var sections: [String: String] = [:]
    var section = ""
    for line in help.split(separator: "\n") {
      if !line.hasPrefix(" ") { section = line.lowercased() }
      sections[section, default: ""] += line + "\n"
    }
    for key in Key.allCases where key.setting.hasFlag {
      let setting = key.setting
      let lines = sections[setting.section.rawValue] ?? ""
      let words = lines.split { " \n".contains($0) }.joined(separator: " ")
      #expect(lines.contains("  --\(key.rawValue)"), "\(key) in \(setting.section)")
      let text = setting.help.replacing("`objective`", with: "--objective")
        .replacing("`with-noise`", with: "--with-noise")
      #expect(words.contains(text), "\(key)")
    }
  }

  @Test func `every property has a key, and every number a range`() {
    #expect(Mirror(reflecting: TrainingSettings()).children.count == Key.allCases.count)
    for key in Key.allCases {
      #expect(!["a number", "a whole number"].contains(key.setting.form), "\(key)")
    }
  }

  @Test func `a run that continues takes what may change, and names all else`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(4, to: folder / "pictures/a")
    try TestImages.copyFlowers(4, to: folder / "pictures/b")
    try Data((1...20).map { "\(Double($0) / 100)\n" }.joined().utf8)
      .write(to: URL(filePath: (folder / "betas.txt").string))
    try Data("rounding: 1\n".utf8).write(to: URL(filePath: (folder / "noise.yaml").string))
    func train(_ arguments: [String]) async throws -> ProgramRun {
      try await ProgramRun(["train", "pictures", "-o", "run"] + arguments, in: folder.path)
    }
    let begun = try await train(
      "--recipe ddpm --preset tiny --size 16 --fit resize --batch 2 --steps 1 --validation 0 --sample-every 0"
        .split(separator: " ").map(String.init))
    try #require(begun.status == 0, "\(begun)")
    let settings = try TrainingSettings(yaml: folder / "run/config.yaml")
    for key in Key.allCases
    where key.setting.hasFlag && !key.setting.isChangeable && !Self.triedElsewhere.contains(key) {
      let run = try await train(Self.change(key, from: settings))
      #expect(run.lastError.contains("holds a run with other settings: "), "\(key): \(run)")
      #expect(run.lastError.contains(" \(key.rawValue): "), "\(key): \(run)")
    }
    let changeable = try Key.allCases.filter(\.setting.isChangeable).map {
      try Self.change($0, from: settings)
    }
    let run = try await train(changeable.flatMap(\.self))
    #expect(run.status == 0, "\(run)")
    let file = try String(
      contentsOfFile: (folder / "run/config.yaml").string, encoding: .utf8)
    for words in changeable {
      // A switch has no second word.
      let value = words.dropFirst().first ?? "true"
      #expect(file.contains("\(words[0].dropFirst(2)): \(value)\n"), "\(words): \(file)")
    }
  }

  @Test func `the reference of settings is the table`() throws {
    let path = FilePath(#filePath).removingLastComponent().removingLastComponent()
      .removingLastComponent().appending("docs/settings.md")
    if ProcessInfo.processInfo.environment["STIPPLE_WRITE_REFERENCE"] != nil {
      try Data(SettingReference.text.utf8).write(to: URL(filePath: path.string))
    }
    let written = try String(contentsOfFile: path.string, encoding: .utf8)
    #expect(
      written == SettingReference.text,
      "to write it anew: STIPPLE_WRITE_REFERENCE=1 swift test --filter 'reference of settings'")
  }

  @Test func `a library's user sets what is typed, or is told what there is`() throws {
    var settings = TrainingSettings()
    try settings.set(.batch, to: "8")
    try settings.set(.size, to: "48x32")
    try settings.set(.flip, to: "true")
    #expect(settings.batch == 8 && settings.flip)
    #expect(settings.size == ImageSize(width: 48, height: 32))
    let error = #expect(throws: SettingError.self) { try settings.set(.fit, to: "zoom") }
    #expect(
      error?.description
        == "`fit`: zoom is invalid; give one of crop, resize, pad, random-crop")
    #expect(throws: SettingError.self) { try settings.set(.batch, to: "many") }
  }
}
