import Checkpoints
import Foundation
import SystemPackage
import TestSupport
import Testing

/// The YAML section of a degradation.
@Suite struct DegradationFileTests {
  private let folder: TemporaryFolder
  private var path: FilePath { folder / "noise.yaml" }

  init() throws { folder = try TemporaryFolder() }

  private func read(_ text: String) throws -> Degradation {
    try Data(text.utf8).write(to: URL(filePath: path.string))
    return try Degradation(yaml: path)
  }

  @Test(arguments: ["", "degradation:\n  "])
  func `parts that are named are done, and no others`(section: String) throws {
    let text = "\(section)gaussian: {probability: 0.5, range: 5..30}\n"
    let more = section.isEmpty ? "demosaic: 0.25\n" : "  demosaic: 0.25\n"
    var expected = Degradation.none
    expected.gaussian = .init(0.5, 5...30)
    expected.demosaic = 0.25
    #expect(try read(text + more) == expected)
    #expect(try read("\(section)gaussian: {range: 25..25}\n").gaussian == .init(1, 25...25))
  }

  @Test func `a run's settings keep it`() throws {
    var settings = TrainingSettings(preset: "restoration")
    settings.degradation?.poisson = .init(0.125, 0.5...2.25)
    let coded = try JSONEncoder().encode(settings)
    #expect(try JSONDecoder().decode(TrainingSettings.self, from: coded) == settings)
    #expect(TrainingSettings().degradation == nil)
    try Data("rounding: 1\n".utf8).write(to: URL(filePath: path.string))
    try settings.set(.degradation, to: path.string)
    var expected = Degradation.none
    expected.rounding = 1
    #expect(settings.degradation == expected)
  }

  @Test(arguments: [
    (
      "gaussian: {range: 5..30}\npoisson:\n  range: 30..5\n",
      "line 3: poisson.range: 30..5 is not a range such as 0..100, from 0 to 100, the second number not smaller"
    ),
    (
      "degradation:\n  jpeg-after:\n    range: 30..150\n",
      "line 3: degradation.jpeg-after.range: 30..150 is not a range such as 1..100, from 1 to 100, the second number not smaller"
    ),
    (
      "gaussian: {probability: 1.5, range: 0..5}\n",
      "line 1: gaussian.probability: must be from 0 to 1, got 1.5"
    ),
    ("\ngaussian: {probability: 1}\n", "line 2: gaussian: has no range"),
    ("rounding: 2\n", "line 1: rounding: must be from 0 to 1, got 2"),
    (
      "tone: {range: 1..2, often: 1}\n",
      "line 1: tone.often: unknown; there are probability and range"
    ),
  ])
  func `what is wrong is said with its line and its key`(text: String, cause: String) throws {
    #expect(throws: RunError.configuration(path, cause: cause)) { try read(text) }
  }

  @Test func `an unknown part is answered with those that there are`() throws {
    let error = #expect(throws: RunError.self) { try read("a: 1\nblur: {range: 0..1}\n") }
    let text = try #require(error).description
    #expect(text.contains("line 1: a: unknown part; there are gaussian"), "\(text)")
  }
}
