import Checkpoints
import Foundation
import Images
import SystemPackage
import TestModels
import TestSupport
import Testing
import Training

/// The ranges of settings, and all who are checked by them.
@Suite struct NumericSettingTests {
  @Test func `no range takes what is not finite`() {
    let ranges =
      NumericSetting.allCases.map { ($0.rawValue, $0.range) }
      + TrainingSettings.CodingKeys.allCases.compactMap { key in
        key.setting.range.map { (key.rawValue, $0) }
      }
    for (name, range) in ranges {
      for value in [Double.infinity, -.infinity, .nan] {
        #expect(range.fault(value) != nil, "\(name) \(value)")
      }
    }
  }

  @Test(arguments: [
    (NumericSetting.batch, 0.0, "must be at least 1, got 0"),
    (.steps, 0, "must be at least 1, got 0"),
    (.churn, -1, "must be at least 0, got -1"),
    (.churn, .infinity, "must be a finite number, got inf"),
    (.churn, 1e300, "must be at most 1000000000, got 1e+300"),
    (.eta, 1.5, "must be from 0 to 1, got 1.5"),
    (.sigma, 0, "must be above 0, got 0"), (.strength, 0, "must be above 0 and at most 1, got 0"),
  ])
  func `a fault is said`(setting: NumericSetting, value: Double, fault: String) {
    #expect(setting.fault(value) == fault)
  }

  @Test(arguments: [
    (TrainingSettings.CodingKeys.keep, 0.0, "must be at least 1, got 0"),
    (.clip, -1, "must be at least 0, got -1"),
    (.clip, .infinity, "must be a finite number, got inf"),
    (.clip, 1e300, "must be at most 1000000000, got 1e+300"),
    (.dropout, 1, "must be at least 0 and below 1, got 1"),
    (.betaEnd, 1, "must be between 0 and 1, got 1"), (.learningRate, 0, "must be above 0, got 0"),
  ])
  func `a fault of a training setting is said`(
    key: TrainingSettings.CodingKeys, value: Double, fault: String
  ) {
    #expect(key.setting.range?.fault(value) == fault)
  }

  /// Each a change of usual settings, and the setting that is named.
  static let wrong: [(String, @Sendable (inout TrainingSettings) -> Void)] = [
    ("batch", { $0.batch = 0 }), ("accumulate", { $0.accumulate = 1 << 40 }),
    ("steps", { $0.steps = -1 }), ("warmup", { $0.warmup = -1 }),
    ("checkpoint-every", { $0.checkpointEvery = 0 }), ("sample-every", { $0.sampleEvery = -1 }),
    ("keep", { $0.keep = 0 }), ("snapshot-every", { $0.snapshotEvery = -1 }),
    ("threads", { $0.threads = 100_000 }), ("timesteps", { $0.timesteps = 0 }),
    ("time", { $0.time = RunTime(seconds: .infinity) }),
    ("learning-rate", { $0.learningRate = .nan }), ("weight-decay", { $0.weightDecay = .infinity }),
    ("clip", { $0.clip = .infinity }), ("ema-decay", { $0.emaDecay = 1 }),
    ("class-dropout", { $0.classDropout = -0.1 }), ("dropout", { $0.dropout = 1 }),
    ("validation", { $0.validation = 1 }), ("beta-start", { $0.betaStart = 0 }),
    ("beta-end", { $0.betaEnd = 1 }), ("min-snr-gamma", { $0.minSNRGamma = .infinity }),
    ("input-perturbation", { $0.inputPerturbation = 1e300 }),
    ("offset-noise", { $0.offsetNoise = -1 }), ("noise-range", { $0.noiseRange = .init("0..1e9") }),
    ("size", { $0.size = ImageSize(width: 100_000, height: 8) }),
  ]

  @Test(arguments: wrong.indices)
  func `the library refuses a number that is out of its range by its name`(
    _ row: Int
  ) throws {
    var settings = TrainingFixture.settings(steps: 1)
    Self.wrong[row].1(&settings)
    let fixture = try TrainingFixture(pictures: 2)
    let error = #expect(throws: SettingError.self) { try fixture.train("run", settings) }
    #expect(
      error?.description.hasPrefix("`\(Self.wrong[row].0)`: ") == true,
      "\(String(describing: error))")
  }

  @Test(arguments: ["clip: .inf", "min-snr-gamma: .inf", "min-snr-gamma: 1e999", "threads: 100000"])
  func `so does a file of settings`(yaml: String) throws {
    let fixture = try TrainingFixture(pictures: 2)
    let path = fixture.folder / "a.yaml"
    try Data(yaml.utf8).write(to: URL(filePath: path.string))
    #expect(throws: RunError.self) {
      try TrainingSettings(yaml: path, over: TrainingFixture.settings(steps: 1))
    }
  }
}
