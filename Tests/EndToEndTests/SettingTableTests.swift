import Foundation
import Stipple
import SystemPackage
import TestSupport
import Testing

/// The table of settings, and all who read it: no key of it may be forgotten by any of them.
@Suite struct SettingTableTests {
  typealias Key = TrainingSettings.CodingKeys

  /// Has no flag: a run that was begun with another way keeps it.
  static let withoutFlag: Set<Key> = [.validationSplit]

  /// What is typed to give a setting another value than the run below has.
  static let changes: [Key: String] = [
    .preset: "--preset small", .size: "--size 32", .fit: "--fit crop", .channels: "--channels 1",
    .background: "--background #000000", .flip: "--flip", .turn: "--rotate",
    .classes: "--classes folders", .classDropout: "--class-dropout 0.2",
    .validation: "--validation 0.5", .batch: "--batch 4", .accumulate: "--accumulate 2",
    .steps: "--steps 2", .time: "--time 1h", .learningRate: "--learning-rate 0.5",
    .rate: "--lr-schedule cosine", .warmup: "--warmup 3", .weightDecay: "--weight-decay 0.5",
    .clip: "--clip 2", .emaDecay: "--ema-decay 0.5", .dropout: "--dropout 0.5",
    .precision: "--precision f32",
    .gradientType: "--gradient-dtype bfloat16", .seed: "--seed 9", .threads: "--threads 1",
    .schedule: "--schedule cosine", .timesteps: "--timesteps 500",
    .betaStart: "--beta-start 0.0002", .betaEnd: "--beta-end 0.03", .betas: "--betas betas.txt",
    .zeroTerminalSNR: "--zero-terminal-snr --objective velocity", .objective: "--objective image",
    .variance: "--variance beta", .timestepSampling: "--timestep-sampling log-normal",
    .inputPerturbation: "--input-perturbation 0.1", .offsetNoise: "--offset-noise 0.1",
    .noiseRange: "--noise-range 0..50", .weight: "--loss-weighting min-snr",
    .minSNRGamma: "--min-snr-gamma 4", .checkpointEvery: "--checkpoint-every 7",
    .sampleEvery: "--sample-every 5", .keep: "--keep 2", .snapshotEvery: "--snapshot-every 5",
    .recording: "--record-batches first=1", .noised: "--replay run/noised",
  ]

  /// Replaying takes a recording, which has tests of its own.
  static let triedElsewhere: Set<Key> = [.noised]

  @Test func `every setting has a flag, in its section of the help, with its text`() async throws {
    let help = try await ProgramRun(["train", "--help"]).output
    var sections: [String: String] = [:]
    var section = ""
    for line in help.split(separator: "\n") {
      if !line.hasPrefix(" ") { section = line.lowercased() }
      sections[section, default: ""] += line + "\n"
    }
    for key in Key.allCases where !Self.withoutFlag.contains(key) {
      let setting = key.setting
      let lines = sections[setting.section.rawValue] ?? ""
      let words = lines.split { " \n".contains($0) }.joined(separator: " ")
      #expect(lines.contains("  --\(key.rawValue)"), "\(key) in \(setting.section)")
      let text = setting.help.replacing("`objective`", with: "--objective")
        .replacing("`with-noise`", with: "--with-noise")
      #expect(words.contains(text), "\(key)")
    }
  }

  /// The property of a key: its name's words joined, `betaStart` for `beta-start`, but for abbreviations.
  private static func property(_ key: Key) -> String {
    switch key {
    case .zeroTerminalSNR: return "zeroTerminalSNR"
    case .minSNRGamma: return "minSNRGamma"
    case .gradientType: return "gradientType"
    default:
      let words = key.rawValue.split(separator: "-")
      return words.dropFirst().reduce(String(words[0])) { $0 + $1.capitalized }
    }
  }

  @Test func `every number has a range`() {
    let usual = TrainingSettings()
    for (name, value) in Mirror(reflecting: usual).children where value is Double || value is Int {
      let key = Key.allCases.first { Self.property($0) == name }
      #expect(key.flatMap { NumericSetting(rawValue: $0.rawValue) } != nil, "\(name ?? "")")
    }
  }

  @Test func `a run that continues takes what may change, and names all else`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(4, to: folder / "pictures/a")
    try TestImages.copyFlowers(4, to: folder / "pictures/b")
    try Data((1...20).map { "\(Double($0) / 100)\n" }.joined().utf8)
      .write(to: URL(filePath: (folder / "betas.txt").string))
    func train(_ arguments: String) async throws -> ProgramRun {
      try await ProgramRun(
        ["train", "pictures", "-o", "run"] + arguments.split(separator: " ").map(String.init),
        in: folder.path)
    }
    let begun = try await train(
      "--preset tiny --size 16 --fit resize --batch 2 --steps 1 --validation 0 --sample-every 0")
    try #require(begun.status == 0, "\(begun)")
    for key in Key.allCases
    where !Self.withoutFlag.contains(key) && !Self.triedElsewhere.contains(key) {
      let arguments = try #require(Self.changes[key], "\(key)")
      if key.setting.isChangeable { continue }
      let run = try await train(arguments)
      #expect(run.lastError.contains("holds a run with other settings: "), "\(key): \(run)")
      #expect(run.lastError.contains(" \(key.rawValue): "), "\(key): \(run)")
    }
    let changeable = Key.allCases.filter(\.setting.isChangeable)
    let run = try await train(changeable.compactMap { Self.changes[$0] }.joined(separator: " "))
    #expect(run.status == 0, "\(run)")
    let settings = try String(
      contentsOfFile: (folder / "run/config.yaml").string, encoding: .utf8)
    for key in changeable {
      let value = Self.changes[key]?.split(separator: " ").last ?? ""
      #expect(settings.contains("\(key.rawValue): \(value)\n"), "\(key): \(settings)")
    }
  }
}
