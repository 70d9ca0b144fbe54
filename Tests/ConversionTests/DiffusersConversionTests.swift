import CPU
import Checkpoints
import Compiler
import Conversion
import Diffusion
import Files
import Foundation
import Graph
import Images
import Networks
import SystemPackage
import TestModels
import TestSupport
import Testing

@Suite struct DiffusersConversionTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Exports a small network to `out` and replaces parts of its files.
  private func export(
    _ model: DiffusionModel? = nil, config: [(String, String)] = [],
    scheduler: [(String, String)] = []
  ) throws {
    try (model ?? TinyModel.make()).exportDiffusers(to: folder / "out", overwriting: true)
    for (name, changes) in [("config.json", config), ("scheduler_config.json", scheduler)] {
      let path = folder / "out/\(name)"
      var text = try String(contentsOfFile: path.string, encoding: .utf8)
      for (old, new) in changes {
        #expect(text.contains(old), "\(old) is not in \(name)")
        text = text.replacing(old, with: new)
      }
      try AtomicFile.write(text.utf8, to: path)
    }
  }

  @Test func `an export leaves nothing of the one before it`() throws {
    var network = TinyModel.network()
    network.classCount = 3
    try export(TinyModel.make(network, classNames: ["ant", "bee", "cat"]))
    try export()
    #expect(try read().configuration.classNames == nil)
    try export(TinyModel.make(schedule: .init(kind: .flow, timesteps: 20), objective: .flow))
    #expect(try !Folders.exists(folder / "out/model_index.json"))
  }

  private func read(size: ImageSize? = nil) throws -> DiffusersImport {
    try DiffusersImport(reading: folder / "out", size: size)
  }

  private static func network(_ change: (inout UNetConfiguration) -> Void) -> UNetConfiguration {
    var network = TinyModel.network()
    change(&network)
    return network
  }

  static let networks = [
    TinyModel.network(channels: 1), TinyModel.network(channels: 4),
    network { $0.classCount = 5 },
    network { ($0.learnedTimestepCount, $0.dropout) = (20, 0.1) },
    network { ($0.middleBlock, $0.downsamplePadding, $0.headDimension) = (.residual, 0, nil) },
  ]

  @Test(arguments: networks, NoiseSchedule.Kind.allCases.filter { $0.diffusersName != nil })
  func `export and import bring every bit back`(
    network: UNetConfiguration, kind: NoiseSchedule.Kind
  ) throws {
    let model = try TinyModel.make(
      network, step: 30,
      schedule: .init(
        kind: kind, timesteps: 20, betaStart: kind.hasEnds ? 0.00085 : 1e-4,
        betaEnd: kind.hasEnds ? 0.012 : 0.02),
      objective: kind == .linear ? .velocity : kind == .cosine ? .image : .epsilon, width: 16)
    try export(model)
    let converted = try read()
    #expect(converted.configuration == model.configuration)
    #expect(converted.notes == [])
    try converted.write(to: folder / "deeper/a.h5")

    let file = try CheckpointFile(opening: folder / "deeper/a.h5")
    #expect(try file.parts() == [.model, .average])
    #expect(file.header.step == 0 && file.header.imagesSeen == 0)
    #expect(try CheckpointConfiguration(file).training == nil)
    for weights in CheckpointWeights.allCases {
      let read = try DiffusionModel(folder / "deeper/a.h5", weights: weights)
      #expect(read.parameters.bits == model.parameters.bits)
      #expect(read.configuration == model.configuration)
    }
  }

  @Test func `classes keep their names`() throws {
    let model = try TinyModel.make(
      Self.network { $0.classCount = 3 }, classNames: ["wasp", "größe"])
    try export(model)
    #expect(try read().configuration == model.configuration)
    let path = folder / "out/class_names.json"
    try AtomicFile.write(#"{"class_names": ["wasp"]}"#.utf8, to: path)
    #expect(
      refusal(in: folder.path) { _ = try read() }
        == "out/class_names.json: class_names: 1 names for 3 classes, or one of them twice")
  }

  @Test func `the weights asked for are exported`() throws {
    let (model, average) = (try TinyModel.make(seed: 1), try TinyModel.make(seed: 2))
    try export(model)
    try read().write(to: folder / "a.h5")
    let file = try CheckpointFile(opening: folder / "a.h5")
    try CheckpointFile.write(
      to: folder / "a.h5", file.header,
      parts: [
        (.model, model.parameters.namedTensors), (.average, average.parameters.namedTensors),
      ], history: TrainingHistory())
    for (weights, expected) in [(CheckpointWeights.ema, average), (.model, model)] {
      let out = folder / "\(weights)"
      try DiffusionModel(folder / "a.h5", weights: weights).exportDiffusers(to: out)
      let bits = try DiffusersFolder(reading: out).readParameters(on: .cpu).bits
      #expect(bits == expected.parameters.bits)
    }
  }

  @Test func `nothing is replaced unasked`() throws {
    try export()
    try AtomicFile.write("mine".utf8, to: folder / "a.h5")
    #expect(
      refusal(in: folder.path) { try read().write(to: folder / "a.h5") }
        == "a.h5: not written: the file exists already; give another name, or `overwrite` to replace it"
    )
    #expect(try String(contentsOfFile: (folder / "a.h5").string, encoding: .utf8) == "mine")
    try read().write(to: folder / "a.h5", overwriting: true)
    #expect(try DiffusionModel(folder / "a.h5").step == 0)
    #expect(
      refusal(in: folder.path) { try TinyModel.make().exportDiffusers(to: folder / "out") }
        == "out/config.json: not written: the file exists already; "
        + "give another name, or `overwrite` to replace it")
  }

  @Test func `the size is the folder's unless another is given`() throws {
    try export()
    #expect(try read().configuration.images == TinyModel.make().configuration.images)
    let given = try read(size: ImageSize(width: 24, height: 16)).configuration.images
    #expect(given.width == 24 && given.height == 16)
    #expect(
      refusal(in: folder.path) { _ = try read(size: ImageSize(width: 9, height: 8)) }
        == "out: cannot be imported: image size 9 x 8: width and height must be multiples of 2 "
        + "for this network; the nearest are 8 x 8 and 10 x 8")
    try export(config: [("\"sample_size\": 8", "\"sample_size\": null")])
    #expect(
      refusal(in: folder.path) { _ = try read() }
        == "out: cannot be imported: its config.json has no sample_size; "
        + "give the images' size with `size`")
    #expect(try read(size: ImageSize(width: 8, height: 8)).configuration.images.width == 8)
  }

  @Test func `without a scheduler the usual one is taken, and that is said`() throws {
    try export()
    try FileManager.default.removeItem(atPath: (folder / "out/scheduler_config.json").string)
    let converted = try read()
    #expect(converted.configuration.schedule == .init())
    #expect(converted.configuration.objective == .epsilon)
    #expect(
      converted.notes == [
        "no scheduler_config.json; assuming the DDPM schedule (Ho et al. 2020), "
          + "1000 timesteps, beta 0.0001 to 0.02, epsilon prediction"
      ])
  }

  @Test func `what is left out is said`() throws {
    try export(
      config: [("\"act_fn\"", "\"new_option\": 1, \"act_fn\"")],
      scheduler: [
        ("\"clip_sample\": true", "\"clip_sample\": false, \"newer\": 1, \"newest\": []")
      ])
    #expect(
      try read().notes == [
        "config.json: ignored unknown keys: new_option",
        "scheduler_config.json: ignored unknown keys: newer, newest",
        "its scheduler does not clip predicted images to [-1, 1]: generate with `threshold` none "
          + "for the same images",
      ])
  }

  @Test(
    arguments: [
      NoiseSchedule.Configuration(timesteps: 20),
      .init(kind: .linear, timesteps: 20, betaStart: 0.00012345678901234, betaEnd: 0.3),
      .init(kind: .scaledLinear, timesteps: 20, betaStart: 0.00085, betaEnd: 0.012),
      .init(kind: .cosine, timesteps: 20),
    ], [true, false])
  func `listed variances of a known kind are recognized`(
    schedule: NoiseSchedule.Configuration, inSinglePrecision: Bool
  ) throws {
    let betas = try NoiseSchedule(schedule).beta.map { inSinglePrecision ? Double(Float($0)) : $0 }
    try export(scheduler: [("\"trained_betas\": null", "\"trained_betas\": \(betas)")])
    let converted = try read()
    let found = converted.configuration.schedule
    #expect(found.kind == schedule.kind && found.timesteps == 20)
    #expect(abs(found.betaStart / schedule.betaStart - 1) < 1e-6)
    #expect(abs(found.betaEnd / schedule.betaEnd - 1) < 1e-6)
    #expect(
      converted.notes == ["trained_betas match the \(schedule.kind.rawValue) schedule"])
  }

  @Test(
    arguments: [
      ReverseVariance.beta, .learned, .learnedDirectly,
    ])
  func `variances, learned and not, and an end in noise come back`(
    variance: ReverseVariance
  ) throws {
    let model = try TinyModel.make(
      variance.isLearned ? TinyModel.learningVariance() : TinyModel.network(),
      schedule: .init(kind: .sigmoidBeta, timesteps: 20, endsInNoise: true), objective: .velocity,
      variance: variance)
    try export(model)
    #expect(try read().configuration == model.configuration)
  }

  @Test func `a schedule that diffusers does not have goes there as a list`() throws {
    let model = try TinyModel.make(schedule: .init(kind: .sigmoid, timesteps: 20))
    try export(model)
    let converted = try read()
    #expect(converted.configuration == model.configuration)
    #expect(converted.notes == ["trained_betas match the sigmoid schedule"])
  }

  @Test func `a learned variance without its channels and noise told from noise are refused`()
    throws
  {
    try export(scheduler: [("\"fixed_small\"", "\"learned_range\"")])
    #expect(
      refusal(in: folder.path) { _ = try read() }
        == "out: cannot be imported: the network has 3 input and 3 output channels; Stipple's have "
        + "1, 3 or 4 of both, or twice as many of the output where variance_type is learned_range or "
        + "learned")
    #expect(throws: DiffusionError.noiseOfNoise) {
      try TinyModel.make(schedule: .init(timesteps: 20, endsInNoise: true))
    }
  }

  @Test(arguments: [[1: 0.5], [7: 0.00101], [19: 0.001]])
  func `listed variances of no kind are kept as they are`(changes: [Int: Double]) throws {
    var betas = try NoiseSchedule(.init(timesteps: 20)).beta
    for (index, beta) in changes { betas[index] = beta }
    try export(scheduler: [("\"trained_betas\": null", "\"trained_betas\": \(betas)")])
    let converted = try read()
    #expect(converted.configuration.schedule == .init(betas: betas))
    #expect(converted.notes == [])
    try converted.write(to: folder / "a.h5")
    #expect(try DiffusionModel(folder / "a.h5").schedule.beta == betas)
  }

  @Test(arguments: [(NoiseSchedule.Kind.flow, Objective.flow), (.edm, .edm)])
  func `paths without betas go out and come in with their own schedulers`(
    kind: NoiseSchedule.Kind, objective: Objective
  ) throws {
    let model = try TinyModel.make(
      schedule: .init(kind: kind, timesteps: 20), objective: objective, width: 16)
    try export(model)
    #expect(try read().configuration == model.configuration)
    // Another objective has no scheduler there.
    let other = try TinyModel.make(
      schedule: .init(kind: kind, timesteps: 20), objective: .velocity)
    #expect(
      refusal(in: folder.path) { try other.exportDiffusers(to: folder / "other") }
        == "other: not written: diffusers has no scheduler for schedule \(kind.rawValue) with objective velocity"
    )
    // Neither has a network that knows whole timesteps alone.
    let learned = Self.network { $0.learnedTimestepCount = 20 }
    #expect(throws: NetworkError.self) {
      try TinyModel.make(
        learned, schedule: .init(kind: kind, timesteps: 20), objective: objective)
    }
  }

  /// Old and new text of config.json and of scheduler_config.json, and what is said.
  static let refusals: [(config: [(String, String)], scheduler: [(String, String)], text: String)] =
    [
      (
        [("\"out_channels\": 3", "\"out_channels\": 6")], [],
        "out: cannot be imported: the network has 3 input and 6 output channels; Stipple's have 1, "
          + "3 or 4 of both, or twice as many of the output where variance_type is learned_range or "
          + "learned"
      ),
      (
        [("\"in_channels\": 3", "\"in_channels\": 2"), ("out_channels\": 3", "out_channels\": 2")],
        [],
        "out: cannot be imported: the network has 2 input and 2 output channels; Stipple's have 1, "
          + "3 or 4 of both, or twice as many of the output where variance_type is learned_range or "
          + "learned"
      ),
      (
        [
          ("\"num_train_timesteps\": null", "\"num_train_timesteps\": 10"),
          ("\"positional\"", "\"learned\""),
        ], [],
        "out: cannot be imported: the network has learned 10 timesteps, and the schedule has 20"
      ),
      (
        [("\"sample_size\": 8", "\"sample_size\": 9")], [],
        "out: cannot be imported: image size 9 x 9: width and height must be multiples of 2 for "
          + "this network; the nearest are 8 x 8 and 10 x 10"
      ),
      (
        [("\"act_fn\": \"silu\"", "\"act_fn\": \"gelu\"")], [],
        "out/config.json: act_fn: \"gelu\" is not supported; silu is"
      ),
      (
        [], [("\"epsilon\"", "\"flow\"")],
        "out/scheduler_config.json: prediction_type: \"flow\" is not supported; epsilon, sample "
          + "and v_prediction are"
      ),
      (
        [], [("{", "[")],
        "out/scheduler_config.json: is not valid JSON: a comma or a closing bracket is expected at byte 17"
      ),
    ]

  @Test(arguments: refusals.indices)
  func `what Stipple has no place for is refused`(index: Int) throws {
    let (config, scheduler, text) = Self.refusals[index]
    try export(config: config, scheduler: scheduler)
    #expect(refusal(in: folder.path) { _ = try read() } == text)
  }

  @Test func `weights that are no numbers are refused`() throws {
    let model = try TinyModel.make()
    model.parameters["conv_out.bias"] = [0, .nan, 1]
    try export(model)
    #expect(
      refusal(in: folder.path) { try read().write(to: folder / "a.h5") }
        == "out/diffusion_pytorch_model.safetensors: cannot be imported: conv_out.bias has values "
        + "that are not finite")
    #expect(try folder.names() == ["out"])
  }

  @Test func `what is no diffusers folder is refused`() throws {
    #expect(
      refusal(in: folder.path) { _ = try read() }
        == "out: could not be opened: No such file or directory")
    try Folders.make(folder / "out")
    #expect(
      refusal(in: folder.path) { _ = try read() }.hasPrefix(
        "out: cannot be imported: neither config.json nor unet/config.json is there"))
  }

  @Test func `a checkpoint whose network does not go from images to images is refused`() throws {
    #expect(
      refusal(in: folder.path) {
        _ = try TinyModel.make(Self.network { $0.outputChannels = 6 })
      } == "network: outputChannels: 6 for 3 of the input")
    #expect(
      refusal(in: folder.path) {
        _ = try TinyModel.make(Self.network { $0.learnedTimestepCount = 19 })
      } == "network: learnedTimestepCount: 19 for a schedule of 20")
  }
}
