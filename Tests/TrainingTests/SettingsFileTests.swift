import Checkpoints
import Foundation
import SystemPackage
import TestModels
import TestSupport
import Testing
import Training

/// Settings as other programs write and read them.
@Suite struct SettingsFileTests {
  private let folder: TemporaryFolder
  private var path: FilePath { folder / "settings.yaml" }

  init() throws { folder = try TemporaryFolder() }

  private func settings(_ bytes: some Sequence<UInt8>) throws -> TrainingSettings {
    try Data(bytes).write(to: URL(filePath: path.string))
    return try TrainingSettings(yaml: path)
  }

  @Test(arguments: [
    "learning-rate: 2e-5\nbatch: 32\nflip: true",
    "learning-rate: '2e-5'\nbatch: '32'\nflip: 'yes'",
    "learning-rate: \"0.00002\"\nbatch: 32.0\nflip: on",
    "{\"learning-rate\": 2e-5, \"batch\": 32, \"flip\": true}",
    "{\n\t\"learning-rate\": \"2e-5\",\n\t\"batch\": 3.2e1,\n\t\"flip\": true\n}",
    "\u{feff}learning-rate: 2.0e-05\r\nbatch: 32\r\nflip: True\r\n",
  ])
  func `numbers, texts of numbers and JSON are read`(text: String) throws {
    var expected = TrainingSettings()
    (expected.learningRate, expected.batch, expected.flip) = (2e-5, 32, true)
    #expect(try settings(text.utf8) == expected)
  }

  @Test func `what has a file of its own may be named`() throws {
    try Data("0.1\n0.2\n".utf8).write(to: URL(filePath: (folder / "betas.txt").string))
    try Data("gaussian: {range: 5..9}\n".utf8)
      .write(to: URL(filePath: (folder / "noise.yaml").string))
    let read = try settings(
      "betas: \(folder / "betas.txt")\ndegradation: \(folder / "noise.yaml")\n".utf8)
    #expect(read.betas?.values == [0.1, 0.2] && read.schedule == "listed" && read.timesteps == 2)
    #expect(read.degradation?.gaussian.range == 5...9)
  }

  @Test func `ranges are kept to the last digit`() throws {
    let text = "noise-range: 0..19.125\ndegradation:\n  gaussian: {range: 0.123456..75}\n"
    let read = try settings(text.utf8)
    #expect(read.noiseRange?.highest == 19.125)
    #expect(read.degradation?.gaussian.range.lowerBound == 0.123456)
    #expect(read.noiseRange?.description == "0..19.125")
    #expect(
      try JSONDecoder().decode(TrainingSettings.self, from: JSONEncoder().encode(read)) == read)
  }

  @Test func `what older versions called settings is read`() throws {
    var expected = TrainingSettings(recipe: .ddpm)
    (expected.rotate, expected.learningRateSchedule) = (true, .cosine)
    expected.lossWeighting = .minSNR
    (expected.recordBatches, expected.replay) = (Recording("every=2"), "old")
    let older = "turn: true\nrate: cosine\nweight: min-snr\nrecord-noised: every=2\nnoised: old\n"
    let newer =
      "rotate: true\nlr-schedule: cosine\nloss-weighting: min-snr\nrecord-batches: every=2\nreplay: old\n"
    #expect(try settings(older.utf8) == expected)
    #expect(try settings(newer.utf8) == expected)
    #expect(throws: RunError.self) { try settings("turn: true\nrotate: false\n".utf8) }
  }

  @Test func `UTF-16 with a byte order mark is read`() throws {
    for isBig in [false, true] {
      let units = "\u{feff}batch: 32\n".utf16.flatMap { unit in
        let bytes = [UInt8(unit & 255), UInt8(unit >> 8)]
        return isBig ? bytes.reversed() : bytes
      }
      #expect(try settings(units).batch == 32)
    }
  }

  @Test(arguments: [
    ("flip: true\nsteps: three\n", "line 2: steps: is not a whole number"),
    ("learning-rate: [1]\n", "line 1: learning-rate: is not one value"),
    ("- steps\n", "it is not a list of settings, each a line `key: value`"),
    ("batch: 1\nflip: true\nbatch: 2\n", "line 3: batch is set a second time, after line 1"),
    ("'batch': 1\n\"batch\" : 2\n", "line 2: batch is set a second time, after line 1"),
    ("{\n\"batch\": 1,\n\"batch\": 2}", "line 3: batch is set a second time, after line 2"),
    (
      "flip: true\nbatch: [1",
      "line 3, column 1: it is not valid YAML: did not find expected ',' or ']'"
    ),
    ("lr: 1", "line 1: lr: unknown setting; did you mean learning-rate?"),
    ("train_batch_size: 1", "line 1: train_batch_size: unknown setting; did you mean batch?"),
    ("classes: yes", "line 1: classes: is not one of none, folders"),
    (
      "flip: true\nobjective: Epsilon",
      "line 2: objective: is not one of epsilon, image, velocity, flow, edm"
    ),
    ("batch: 0", "line 1: batch: must be at least 1, got 0"),
    ("flip: true\nvalidation: 1.5", "line 2: validation: must be at least 0 and below 1, got 1.5"),
    ("epochs: 1", "line 1: epochs: unknown setting; did you mean steps or time?"),
    ("learning_rate: 1", "line 1: learning_rate: unknown setting; did you mean learning-rate?"),
    ("channels: 7", "line 1: channels: 7 is invalid; give 1, 3 or 4"),
    (
      "background: ''", "line 1: background: an empty text is invalid; give a color such as #ffffff"
    ),
    ("background: red", "line 1: background: red is invalid; give a color such as #ffffff"),
    ("step: 20", "line 1: step: unknown setting; did you mean steps?"),
    ("batsh: 20", "line 1: batsh: unknown setting; did you mean batch?"),
    ("foo: 20", "line 1: foo: unknown setting"),
    ("seed: -1", "line 1: seed: is not a whole number in 0...18446744073709551615"),
    ("flip: true\nsteps:\n", "line 2: steps: has no value"),
    ("steps: # as many as it takes\n", "line 1: steps: has no value"),
    (
      "flip: true\nbackground: #ff0000\nbatch: 2\n",
      "line 2: background: has no value; write '#ff0000' in quotation marks"
    ),
    ("\u{89}PNG\r\n\u{1a}\n\0\0", "it is not a text file"),
  ])
  func `what is wrong is said with its line or its name`(text: String, cause: String) throws {
    #expect(throws: RunError.configuration(path, cause: cause)) {
      try settings(text.utf8)
    }
  }

  @Test func `no value may be written down, and so may an empty text`() throws {
    let usual = try settings("flip: true\n".utf8)
    #expect(try settings("flip: true\nsize: ~\nsteps: null\n".utf8) == usual)
    #expect(try settings("flip: true\nstart-from: ''\n".utf8).startFrom == "")
  }

  static let contradictions:
    [(text: String, typed: Set<TrainingSettings.CodingKeys>, cause: String?)] = [
      (
        "recipe: ddpm\nbeta-start: 0.5\nbeta-end: 0.1\n", [],
        "line 2: beta-start: betas run from 0.5 to 0.1; give numbers between 0 and 1, the second not "
          + "smaller"
      ),
      (
        "flip: true\nrecipe: ddpm\nzero-terminal-snr: true\n", [],
        "line 3: zero-terminal-snr: cannot be combined with objective epsilon; use objective velocity "
          + "or image"
      ),
      (
        "beta-end: 0.0002\nnoise-range: 0..75\n", [],
        "line 2: noise-range: 0..75: the noise schedule ends at 51.29"
      ),
      (
        "noise-range: 0..1\n", [],
        "line 1: noise-range: 0..1: the noise schedule begins at 1.275"
      ),
      // An option is at fault, not the file.
      ("recipe: ddpm\n", [.zeroTerminalSNR], nil),
    ]

  @Test(arguments: contradictions)
  func `settings that do not go together are named by their line`(
    text: String, typed: Set<TrainingSettings.CodingKeys>, cause: String?
  ) throws {
    var read = try settings(text.utf8)
    for key in typed { try read.set(key, to: "true") }
    var told: String?
    do { try read.checkDiffusion(of: path, besides: typed) } catch { told = "\(error)" }
    #expect(told == cause.map { "\(path): could not be read as settings: \($0)" })
  }

  @Test(arguments: [
    (2e-4, "0.0002"), (1, "1.0"), (5e-5, "5e-05"), (1.25e-7, "1.25e-07"), (-3e-6, "-3e-06"),
    (0, "0.0"), (1e16, "1e+16"), (1.5e300, "1.5e+300"), (1e-300, "1e-300"), (0.1, "0.1"),
  ])
  func `a number is written so that every reader takes it for one`(
    value: Double, swift: String
  ) throws {
    #expect("\(value)" == swift)
    let fixture = try TrainingFixture(pictures: 2)
    var trained = TrainingFixture.settings(steps: 1)
    if 0 < value && value < 1 { trained.learningRate = value }
    try fixture.train("run", trained)
    let text = String(decoding: try fixture.bytes("run", "config.yaml"), as: UTF8.self)
    let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("learning-rate: ") })
    let written = line.dropFirst(15)
    // YAML 1.1's form of a number with a point.
    #expect(written.wholeMatch(of: /[-+]?[0-9]+\.[0-9]*([eE][-+][0-9]+)?/) != nil, "\(line)")
    #expect(Double(written) == trained.learningRate)
  }

  @Test func `a betas file may have a byte order mark`() throws {
    try Data("\u{feff}0.0001\r\n0.02\r\n".utf8).write(to: URL(filePath: path.string))
    #expect(try Betas(reading: path).values == [0.0001, 0.02])
  }
}
