import CPU
import Compiler
import Diffusion
import Graph
import HDF5
import Networks
import Reference
import SystemPackage
import TestSupport
import Testing

/// Every `training*` case: steps of AdamW with clipping and a moving average, as PyTorch makes them
/// in float64.
@Suite struct GoldenTrainingTests {
  static let cases = GoldenFolder.cases(withPrefix: "training")

  @Test(arguments: cases, GoldenUNetTests.backends)
  func `steps give PyTorch's losses, norms, weights and averages`(
    folder: FilePath, backend: any Backend
  ) throws {
    let golden = try GoldenTraining(folder, on: backend)
    let shape = golden.shape
    let graph = golden.network.buildGraph(
      batch: shape[1], height: shape[3], width: shape[4], training: true)
    let program = try Program(
      graph, parameters: golden.parameters, purpose: .training(inputGradients: []))
    let gradients = try #require(program.gradients)
    let optimizer = try AdamW(golden.parameters, golden.recipe.optimizer)

    for step in 0..<shape[0] {
      program.setInput("x", golden.noised(step))
      program.setInput("t", golden.timesteps(step).map(Float.init))
      program.setInput("target", golden.noise(step))
      program.setInput("weight", [Float](repeating: 1, count: shape[1]))
      program.run()
      let losses = program.output("loss").map(Double.init)
      let loss = losses.reduce(0, +) / Double(losses.count)
      let norm = optimizer.update(
        gradients: gradients, learningRate: golden.recipe.learningRate, clip: golden.recipe.clip,
        averageDecay: golden.recipe.averageDecay)
      #expect(isNear(loss, golden.losses[step]), "step \(step)")
      #expect(isNear(norm, golden.gradientNorms[step]), "step \(step)")
    }

    for name in golden.parameters.declarations.map(\.name) {
      let weight = golden.parameters[name].norm
      let average = optimizer.average[name].norm
      #expect(isNear(weight, try golden.finalNorm(of: name)), "\(name)")
      #expect(isNear(average, try golden.averageNorm(of: name)), "average of \(name)")
    }
  }

  private func isNear(_ value: Double, _ expected: Double) -> Bool {
    abs(value - expected) <= 1e-3 * abs(expected)
  }
}

/// A `training*` folder: config.json, diffusion_pytorch_model.safetensors and steps.h5.
private struct GoldenTraining {
  let network: UNetConfiguration
  let parameters: ParameterStore
  let recipe: Recipe
  /// (steps, N, C, H, W)
  let shape: [Int]
  let losses, gradientNorms: [Double]
  private let file: StoredGroup
  private let images, noises: [Float]
  private let allTimesteps: [Int]

  init(_ folder: FilePath, on backend: any Backend) throws {
    let description = try DiffusersFolder(reading: folder)
    network = description.configuration.network
    parameters = try description.readParameters(on: backend)
    file = try File.open(folder.appending("steps.h5")).root
    recipe = try Recipe(file)
    shape = try file.dataset("x_0").shape
    images = try file.dataset("x_0").read()
    noises = try file.dataset("eps").read()
    allTimesteps = try file.dataset("t").read()
    losses = try file.dataset("loss").read()
    gradientNorms = try file.dataset("grad_norm_before_clipping").read()
  }

  func timesteps(_ step: Int) -> [Int] { Array(part(of: allTimesteps, step)) }
  func noise(_ step: Int) -> [Float] { Array(part(of: noises, step)) }

  /// x_t = √ᾱ_t x_0 + √(1 - ᾱ_t) ε
  func noised(_ step: Int) -> [Float] {
    let pixels = shape[2...].reduce(1, *)
    let timesteps = timesteps(step)
    return zip(part(of: images, step), part(of: noises, step)).enumerated().map { index, pair in
      let alphaBar = recipe.alphaBar[timesteps[index / pixels]]
      return Float(
        alphaBar.squareRoot() * Double(pair.0) + (1 - alphaBar).squareRoot() * Double(pair.1))
    }
  }

  func finalNorm(of name: String) throws -> Double {
    try file.dataset("final_norm/\(name)").read(Double.self)[0]
  }

  func averageNorm(of name: String) throws -> Double {
    try file.dataset("ema_norm/\(name)").read(Double.self)[0]
  }

  private func part<Value>(of values: [Value], _ step: Int) -> ArraySlice<Value> {
    let count = values.count / shape[0]
    return values[step * count..<(step + 1) * count]
  }
}

/// How the steps were made, from the file's attributes.
private struct Recipe {
  let optimizer: AdamW.Configuration
  let learningRate: Float
  let clip: Float
  let averageDecay: Float
  let alphaBar: [Double]

  init(_ file: StoredGroup) throws {
    clip = Float(try file.attribute("clip_grad_norm").double())
    averageDecay = Float(try file.attribute("ema_decay").double())

    // "AdamW lr 2e-3, betas 0.9 0.999, eps 1e-8, decoupled weight decay 0.01 on every parameter"
    let method = try Self.numbers(in: file.attribute("optimizer").text())
    try #require(method.count == 5, "the optimizer has other constants than expected")
    learningRate = Float(method[0])
    optimizer = .init(
      beta1: Float(method[1]), beta2: Float(method[2]), epsilon: Float(method[3]),
      weightDecay: Float(method[4]))

    // "linear 1e-4 to 0.02, T=1000"
    let text = try file.attribute("schedule").text()
    let words = text.split { " ,".contains($0) }
    let name = String(words.first ?? "")
    let kind = NoiseSchedule.Kind(rawValue: name) ?? .init(diffusersName: name)
    var schedule = NoiseSchedule.Configuration(
      kind: try #require(kind, "another schedule: \(text)"))
    let numbers = Self.numbers(in: text)
    schedule.timesteps = Int(try #require(numbers.last, "no number of timesteps: \(text)"))
    if numbers.count == 3 { (schedule.betaStart, schedule.betaEnd) = (numbers[0], numbers[1]) }
    alphaBar = try NoiseSchedule(schedule).alphaBar
  }

  /// The words that are numbers, in order.
  private static func numbers(in text: String) -> [Double] {
    text.split { " ,=".contains($0) }.compactMap { Double($0) }
  }
}
