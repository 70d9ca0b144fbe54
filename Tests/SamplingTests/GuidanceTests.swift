import Checkpoints
import Networks
import Sampling
import SystemPackage
import TestModels
import TestSupport
import Testing

@Suite struct GuidanceTests {
  private static func model() throws -> DiffusionModel {
    var network = TinyModel.network()
    network.classCount = 4
    return try TinyModel.make(network, classNames: ["ant", "bee", "cat"])
  }

  private static func images(
    _ model: DiffusionModel, _ change: (inout GenerationSettings) -> Void
  ) throws -> [Float] {
    var settings = GenerationSettings()
    settings.steps = 3
    change(&settings)
    return try Generator(model, settings).images([0, 1, 2])
  }

  @Test func `guidance goes from no class over the class and beyond`() throws {
    let model = try Self.model()
    func guided(_ scale: Double) throws -> [Float] {
      try Self.images(model) {
        $0.classIndex = 1
        $0.guidance = scale
      }
    }
    #expect(try guided(0) == Self.images(model) { _ in })
    let learned = try guided(1)
    #expect(learned == (try Self.images(model) { $0.classIndex = 1 }))
    #expect(try guided(3) != learned)
    // As 1 is the class alone, a little more is a little different.
    let near = try guided(1 + 1e-5)
    #expect(zip(near, learned).allSatisfy { abs($0 - $1) < 1e-3 })
  }

  @Test func `images take turns among the classes`() throws {
    let model = try Self.model()
    let all = try Self.images(model) { $0.takesTurns = true }
    for (index, part) in (0..<3).map({ ($0, $0 * 192..<($0 + 1) * 192) }) {
      #expect(try Self.images(model) { $0.classIndex = index }[part] == all[part])
    }
  }

  @Test func `classes go by their names`() throws {
    let configuration = try Self.model().configuration
    #expect(try configuration.classIndex(named: "bee") == 1)
    #expect(try configuration.classIndex(named: "2") == 2)
    #expect(
      throws: SettingError(
        "class", cause: "there is no class dog; there are ant, bee, cat")
    ) { try configuration.classIndex(named: "dog") }
  }

  @Test(arguments: [
    (7, false, "`class`: there is no class 7; there are ant, bee, cat"),
    (nil, true, "`guidance`: needs `class`"),
  ])
  func `what cannot be guided to is refused`(chosen: Int?, guides: Bool, text: String) throws {
    let model = try Self.model()
    let found = refusal(in: "/nowhere") {
      _ = try Self.images(model) {
        $0.classIndex = chosen
        $0.guidance = guides ? 2 : 1
      }
    }
    #expect(found == text)
  }
}
