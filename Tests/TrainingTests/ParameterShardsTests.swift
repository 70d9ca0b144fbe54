import CPU
import Compiler
import Distributed
import Graph
import Networks
import Random
import Testing
import Training

/// The update of all parameters in parts, by ranks that are threads.
@Suite struct ParameterShardsTests {
  /// So small that messages end within parameters; ranks do not divide it.
  private static let messageSize = 5003
  private static let network = UNetPreset.tiny.configuration(channels: 3)

  @Test(arguments: [1, 2, 3])
  func `each rank has a part of all elements, and all have all when they are gathered`(
    size: Int
  ) async throws {
    let results = try await ThreadCommunicator.run(size) { ranks in
      Result { try Self.gathered(ranks) }
    }.map { try $0.get() }
    let count = results[0].values.count
    #expect(results.flatMap { $0.own.joined() }.sorted() == Array(0..<count))
    var expected = [Float](repeating: -1, count: count)
    for (rank, result) in results.enumerated() {
      for i in result.own.joined() { expected[i] = Float(i % 1009 + rank) }
    }
    let areEqual = results.allSatisfy { $0.values == expected }
    #expect(areEqual)
  }

  @Test(arguments: [false, true])
  func `each rank gets the mean gradients of its part, however long a message is`(
    isSummed: Bool
  ) async throws {
    let size = 3
    let results = try await ThreadCommunicator.run(size) { ranks in
      Result { try Self.means(ranks, isSummed: isSummed) }
    }.map { try $0.get() }
    for (own, _, mean) in results {
      let expected = own.joined().map { i in
        results.reduce(Float(0)) { $0 + $1.alone[i] } * (1 / Float(size))
      }
      let isEqual = own.joined().map { mean[$0] } == expected
      #expect(isEqual)
    }
  }

  private static func gathered(
    _ ranks: any Communicator
  ) throws -> (own: [Range<Int>], values: [Float]) {
    let store = try ParameterStore(network.parameters, on: .cpu)
    let shards = ParameterShards(store.layout, among: ranks, messageSize: messageSize)
    let values = store.changingMemory
    for i in shards.own.joined() { values[i] = Float(i % 1009 + ranks.rank) }
    shards.gather(store)
    return (shards.own, Array(values))
  }

  /// A rank's part, its gradients by itself, and the means.
  private static func means(
    _ ranks: any Communicator, isSummed: Bool
  ) throws -> (own: [Range<Int>], alone: [Float], mean: [Float]) {
    let program = try program()
    let gradients = try #require(program.gradients)
    giveInputs(program, rank: ranks.rank)
    program.run()
    let alone = Array(gradients.changingMemory)
    let sum = isSummed ? try ParameterStore(network.parameters, on: .cpu) : nil
    sum?.add(gradients, times: 0.5)
    let shards = ParameterShards(gradients.layout, among: ranks, messageSize: messageSize)
    let average = GradientAverage(
      gradients, addedTo: sum.map { ($0, 0.5) }, of: program, over: shards, as: .float32)
    giveInputs(program, rank: ranks.rank)
    program.run {
      average.take(after: $0)
      ranks.progress()
    }
    average.finish()
    return (shards.own, alone, Array((sum ?? gradients).changingMemory))
  }

  private static func program() throws -> Program {
    let graph = network.buildGraph(batch: 1, height: 16, width: 16, training: true)
    let parameters = try ParameterStore(graph.parameters, on: .cpu)
    parameters.initialize(seed: 5)
    return try Program(graph, parameters: parameters, purpose: .training(), threads: 1)
  }

  private static func giveInputs(_ program: Program, rank: Int) {
    for (index, name) in ["x", "target"].enumerated() {
      let stream = RandomStream(seed: 6, purpose: .initialNoise, index: index, step: rank)
      program.setInput(name, stream.normals(16 * 16 * 3))
    }
    program.setInput("t", [Float(100 * rank)])
    program.setInput("weight", [1])
  }
}
