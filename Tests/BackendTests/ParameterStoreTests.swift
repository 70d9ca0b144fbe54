import Compiler
import Graph
import Testing

@Suite struct ParameterStoreTests {
  private static let declarations = [
    Parameter(name: "a", shape: [3], initial: .ones),
    Parameter(name: "b", shape: [2, 10], initial: .uniform(bound: 0.5)),
    Parameter(name: "c", shape: [1], initial: .normal(deviation: 2)),
  ]

  private func store(_ engine: Engine, seed: UInt64? = nil) throws -> ParameterStore {
    let store = try ParameterStore(Self.declarations, on: engine.backend)
    if let seed { store.initialize(seed: seed) }
    return store
  }

  @Test(arguments: Engine.all) func `values are zero at first and what was written after it`(
    engine: Engine
  ) throws {
    let store = try store(engine)
    #expect(store.norm == 0 && store["b"] == [Float](repeating: 0, count: 20))
    store["a"] = [1, -2, 0.25]
    store.write(1) { values in
      for i in values.indices { values[i] = Float(i) }
    }
    #expect(store["a"] == [1, -2, 0.25] && store["c"] == [0])
    #expect(store.read(1) { Array($0) } == (0..<20).map(Float.init))
    // A part that is not written stays.
    store.write(1) { $0[7] = 100 }
    #expect(store["b"][7] == 100 && store["b"][8] == 8)
    #expect(store.contains("c") && !store.contains("d") && store.elementCount == 24)
  }

  @Test(arguments: Engine.all) func `initial values are the same on all backends`(
    engine: Engine
  ) throws {
    let (store, reference) = (try store(engine, seed: 7), try store(.reference, seed: 7))
    for declaration in Self.declarations {
      #expect(store[declaration.name] == reference[declaration.name])
    }
    #expect(store["a"] == [1, 1, 1] && store["b"].allSatisfy { abs($0) <= 0.5 })
  }

  @Test(arguments: Engine.all) func `stores are copied, added and moved element by element`(
    engine: Engine
  ) throws {
    let (a, b) = (try store(engine, seed: 1), try store(engine, seed: 2))
    let sum = try store(engine)
    sum.copy(from: a)
    #expect(sum["b"] == a["b"])
    sum.add(b, times: 0.5)
    expectClose(
      sum["b"], zip(a["b"], b["b"]).map { Double($0) + 0.5 * Double($1) }, within: 1e-6, "sum")
    let before = sum["b"]
    sum.move(towards: b, by: 0.25)
    expectClose(
      sum["b"], zip(before, b["b"]).map { 0.75 * Double($0) + 0.25 * Double($1) }, within: 1e-6,
      "moved")
    let squares = Self.declarations.flatMap { sum[$0.name] }.reduce(0.0) {
      $0 + Double($1) * Double($1)
    }
    #expect(abs(sum.norm - squares.squareRoot()) < 1e-5)
    sum["a"] = [0, .infinity, 0]
    #expect(!sum.isFinite)
    sum.zero()
    #expect(sum.norm == 0)
  }
}
