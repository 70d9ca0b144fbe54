import CPU
import Compiler
import Graph
import HDF5
import Networks
import Reference
import SystemPackage
import TestSupport
import Testing

/// Every `unet_*` case: prediction, loss and gradients as PyTorch has them in float64.
@Suite struct GoldenUNetTests {
  static let cases = GoldenFolder.cases(withPrefix: "unet_")

  /// The reference is the same on every instruction set.
  static let backends: [any Backend] =
    InstructionSet.current == .best ? [CPUBackend(), ReferenceBackend()] : [CPUBackend()]

  /// Each network on each backend; for 32 x 32 pixels the reference takes long.
  private static let pairs: [(FilePath, any Backend)] = cases.flatMap { folder in
    let pixels = try? File.open(folder.appending("io.h5")).root.dataset("x").shape[2...]
    let isLarge = pixels.map { $0.reduce(1, *) > 16 * 16 } ?? false
    return backends.filter { !isLarge || $0 is CPUBackend }.map { (folder, $0) }
  }

  @Test(arguments: pairs)
  func `inference gives diffusers' prediction`(folder: FilePath, backend: any Backend) throws {
    let golden = try GoldenUNet(folder, on: backend)
    let program = try Program(
      golden.graph(training: false), parameters: golden.parameters, purpose: .inference)
    golden.setInputs(of: program)
    program.run()
    #expect(largestError(of: program.output("y"), from: golden.prediction) < 1e-4)
  }

  /// bfloat16 has 8 bits of precision, an error of 0.2 % in every rounding.
  @Test(.enabled(if: CPUBackend().supports(.bfloat16)), arguments: cases)
  func `bfloat16 stays near PyTorch's prediction, loss and gradients`(folder: FilePath) throws {
    let golden = try GoldenUNet(folder, on: .cpu)
    let program = try Program(
      golden.graph(training: true), parameters: golden.parameters,
      purpose: .training(inputGradients: ["x"]), precision: .bfloat16)
    golden.setInputs(of: program)
    program.setInput("target", golden.target)
    program.setInput("weight", [Float](repeating: 1, count: golden.shape[0]))
    program.run()

    #expect(relativeError(of: program.output("y"), from: golden.prediction) < 2e-2)
    let losses = program.output("loss").map(Double.init)
    let loss = losses.reduce(0, +) / Double(losses.count)
    #expect(abs(loss - golden.loss) < 5e-3 * golden.loss)
    #expect(relativeError(of: program.inputGradient("x"), from: golden.inputGradient) < 3e-2)

    let gradients = try #require(program.gradients)
    for parameter in golden.parameters.declarations {
      let expected = try golden.gradientNorm(of: parameter.name)
      let norm = gradients[parameter.name].norm
      #expect(
        abs(norm - expected) <= 3e-2 * expected + 1e3 * golden.negligibleNorm,
        "\(parameter.name): \(norm) instead of \(expected)")
    }
  }

  @Test(arguments: pairs)
  func `training gives PyTorch's loss and gradients`(folder: FilePath, backend: any Backend) throws
  {
    let golden = try GoldenUNet(folder, on: backend)
    let program = try Program(
      golden.graph(training: true), parameters: golden.parameters,
      purpose: .training(inputGradients: ["x"]))
    golden.setInputs(of: program)
    program.setInput("target", golden.target)
    program.setInput("weight", [Float](repeating: 1, count: golden.shape[0]))
    program.run()

    #expect(largestError(of: program.output("y"), from: golden.prediction) < 1e-4)
    let losses = program.output("loss").map(Double.init)
    let loss = losses.reduce(0, +) / Double(losses.count)
    #expect(abs(loss - golden.loss) < 1e-5 * golden.loss)
    #expect(largestError(of: program.inputGradient("x"), from: golden.inputGradient) < 1e-3)

    let gradients = try #require(program.gradients)
    for parameter in golden.parameters.declarations {
      let expected = try golden.gradientNorm(of: parameter.name)
      let norm = gradients[parameter.name].norm
      #expect(
        abs(norm - expected) <= 1e-3 * expected + golden.negligibleNorm,
        "\(parameter.name): \(norm) instead of \(expected)")
    }
  }
}

/// A `unet_*` folder: config.json, diffusion_pytorch_model.safetensors and io.h5.
private struct GoldenUNet {
  let network: UNetConfiguration
  let parameters: ParameterStore
  let shape: [Int]
  let x, target, prediction, inputGradient: [Float]
  let timesteps: [Float]
  let classes: [Float]?
  let loss: Double
  /// A key's bias moves all scores of a query alike, which a softmax does not see: its gradient is
  /// nothing but rounding, here and in PyTorch.
  let negligibleNorm: Double
  private let norms: StoredGroup

  init(_ folder: FilePath, on backend: any Backend) throws {
    let description = try DiffusersFolder(reading: folder)
    network = description.configuration.network
    parameters = try description.readParameters(on: backend)

    let file = try File.open(folder.appending("io.h5")).root
    shape = try file.dataset("x").shape
    x = try file.dataset("x").read()
    target = try file.dataset("eps").read()
    prediction = try file.dataset("y").read()
    inputGradient = try file.dataset("grad_x").read()
    timesteps = try file.dataset("t").read(Int.self).map(Float.init)
    classes =
      try file.contains("class_labels")
      ? file.dataset("class_labels").read(Int.self).map(Float.init) : nil
    loss = try file.attribute("loss").double()
    norms = try file.group("grad_norm")
    let all = try norms.allDatasets().map { try $0.dataset.read(Double.self)[0] }
    negligibleNorm = 1e-6 * (all.max() ?? 0)
  }

  /// The reference values are made without dropout, gradients too.
  func graph(training: Bool) -> ComputationGraph {
    var network = network
    if training { network.dropout = 0 }
    return network.buildGraph(
      batch: shape[0], height: shape[2], width: shape[3], training: training)
  }

  func setInputs(of program: Program) {
    program.setInput("x", x)
    program.setInput("t", timesteps)
    if let classes { program.setInput("classes", classes) }
  }

  func gradientNorm(of name: String) throws -> Double {
    try norms.dataset(name).read(Double.self)[0]
  }
}
