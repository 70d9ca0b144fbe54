import Checkpoints
import Diffusion
import Networks
import Sampling
import SystemPackage
import TestModels
import TestSupport
import Testing

@Suite struct GuidanceTests {
  private static func model() throws -> DiffusionModel {
    try TinyModel.make(network(classes: 4), classNames: ["ant", "bee", "cat"])
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

  private static func guided(
    _ model: DiffusionModel, by guide: DiffusionModel, _ scale: Double,
    _ interval: ClosedRange<Double>? = nil
  ) throws -> [Float] {
    var settings = GenerationSettings()
    (settings.steps, settings.guidance, settings.guidanceInterval) = (3, scale, interval)
    return try Generator(model, settings, guide: guide).images([0, 1])
  }

  @Test func `a weaker model leads away from itself`() throws {
    let (model, weaker) = (try TinyModel.make(), try TinyModel.make(seed: 2))
    let own = try Self.guided(model, by: weaker, 1)
    var settings = GenerationSettings()
    settings.steps = 3
    #expect(own == (try Generator(model, settings).images([0, 1])))
    #expect(try Self.guided(model, by: weaker, 0) == Generator(weaker, settings).images([0, 1]))
    let away = try Self.guided(model, by: weaker, 2)
    #expect(away != own)
    // A model that is no weaker leads nowhere.
    let nowhere = try Self.guided(model, by: model, 3)
    #expect(zip(nowhere, own).allSatisfy { abs($0 - $1) < 1e-5 })
    // Guidance at all noise levels of the schedule, and at none of them.
    #expect(try Self.guided(model, by: weaker, 2, 0...1e9) == away)
    #expect(try Self.guided(model, by: weaker, 2, 1e8...1e9) == own)
    let some = try Self.guided(model, by: weaker, 2, 0...0.2)
    #expect(some != own && some != away)
  }

  @Test func `a guide is of the model's kind, and what it guides says so`() throws {
    let model = try TinyModel.make()
    let others: [(String, DiffusionModel)] = [
      ("noise schedule", try TinyModel.make(schedule: .init(kind: .cosine, timesteps: 20))),
      ("objective", try TinyModel.make(objective: .velocity)),
      ("image size", try TinyModel.make(width: 16)),
      ("number of channels", try TinyModel.make(TinyModel.network(channels: 1))),
    ]
    for (name, guide) in others {
      let found = refusal(in: "/nowhere") { _ = try Self.guided(model, by: guide, 2) }
      #expect(found.hasPrefix("`guide`: has another \(name) than the model; "), "\(found)")
    }
    var settings = GenerationSettings()
    settings.steps = 3
    let generator = try Generator(model, settings, guide: TinyModel.make(seed: 2))
    #expect(generator.facts.contains { $0.0 == "guide" })
  }

  @Test func `a guide's classes are the model's, and it knows what is drawn`() throws {
    let model = try Self.model()
    let network = Self.network(classes: 3)
    let guide = try TinyModel.make(network, classNames: ["ant", "bee", "cat"])
    let refused = refusal(in: "/nowhere") { _ = try Self.guided(model, by: guide, 2) }
    #expect(refused == "`guide`: needs a class, unlike the model; give `class`")
    var settings = GenerationSettings()
    (settings.steps, settings.guidance, settings.classIndex) = (3, 2, 2)
    #expect(try Generator(model, settings, guide: guide).images([0]).allSatisfy(\.isFinite))
    // Without names too: of a model without classes, and of one with others.
    let nameless = try TinyModel.make(network)
    for model in [try TinyModel.make(), try TinyModel.make(Self.network(classes: 5))] {
      let refused = refusal(in: "/nowhere") {
        var settings = GenerationSettings()
        (settings.steps, settings.guidance) = (3, 2)
        settings.classIndex = model.configuration.network.classCount.map { $0 - 1 }
        _ = try Generator(model, settings, guide: nameless)
      }
      #expect(refused == "`guide`: has other classes than the model")
    }
  }

  private static func network(classes: Int) -> UNetConfiguration {
    var network = TinyModel.network()
    network.classCount = classes
    return network
  }

  @Test(arguments: [[], ["ant", "ant", "bee"]])
  func `names of classes are there once`(names: [String]) {
    #expect(throws: NetworkError.self) {
      try TinyModel.make(Self.network(classes: max(1, names.count)), classNames: names)
        .configuration.validate()
    }
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
    (nil, true, "`guidance`: needs `class` or `guide`"),
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
