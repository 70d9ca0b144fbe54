import Compiler
import Graph
import Testing

@Suite struct AdamWTests {
  private func store(_ values: [Float], _ engine: Engine) throws -> ParameterStore {
    let store = try ParameterStore(
      [.init(name: "w", shape: [values.count], initial: .zeros)], on: engine.backend)
    store["w"] = values
    return store
  }

  @Test(arguments: Engine.all) func `three steps follow the algorithm in double`(
    engine: Engine
  ) throws {
    let parameters = try store([1, -2, 0.5], engine)
    let optimizer = try AdamW(
      parameters, .init(beta1: 0.9, beta2: 0.99, epsilon: 1e-6, weightDecay: 0.1))
    var w = [1.0, -2, 0.5]
    var (m, v) = ([0.0, 0, 0], [0.0, 0, 0])
    var average = w
    for step in 1...3 {
      let g = [0.3 * Double(step), -0.1, 2]
      let norm = optimizer.update(
        gradients: try store(g.map(Float.init), engine), learningRate: 0.01, clip: 1,
        averageDecay: 0.8)
      let expected = g.map { $0 * $0 }.reduce(0, +).squareRoot()
      #expect(abs(norm - expected) < 1e-6)
      var (power1, power2) = (1.0, 1.0)
      for _ in 0..<step { (power1, power2) = (power1 * 0.9, power2 * 0.99) }
      for i in 0..<3 {
        let clipped = g[i] / max(1, expected + 1e-6)
        m[i] = 0.9 * m[i] + 0.1 * clipped
        v[i] = 0.99 * v[i] + 0.01 * clipped * clipped
        let change = m[i] / (1 - power1) / ((v[i] / (1 - power2)).squareRoot() + 1e-6)
        w[i] -= 0.01 * (change + 0.1 * w[i])
        average[i] += 0.2 * (w[i] - average[i])
      }
    }
    expectClose(parameters["w"], w, within: 1e-6, "weights")
    expectClose(optimizer.average["w"], average, within: 1e-6, "average")
    expectClose(optimizer.firstMoment["w"], m, within: 1e-6, "first moment")
    expectClose(optimizer.secondMoment["w"], v, within: 1e-6, "second moment")
  }

  @Test(arguments: [Float.nan, .infinity], Engine.all)
  func `a gradient that is not finite changes nothing`(_ bad: Float, engine: Engine) throws {
    let parameters = try store([1, 2], engine)
    let optimizer = try AdamW(parameters)
    _ = optimizer.update(
      gradients: try store([1, 1], engine), learningRate: 0.1, clip: nil, averageDecay: 0.5)
    let stores = [
      parameters, optimizer.firstMoment, optimizer.secondMoment, optimizer.average,
    ]
    let before = stores.map { $0["w"] }
    let norm = optimizer.update(
      gradients: try store([1, bad], engine), learningRate: 0.1, clip: 1, averageDecay: 0.5)
    #expect(!norm.isFinite)
    #expect(stores.map { $0["w"] } == before)
    #expect(optimizer.step == 1)
  }

  @Test(arguments: Engine.all) func `the norm is that of all elements`(engine: Engine) throws {
    let values = (0..<100_000).map { Float($0 % 977) * 0.01 - 4 }
    let exact = values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    let norm = try store(values, engine).norm
    #expect(abs(norm / exact - 1) < 1e-6)
  }
}
