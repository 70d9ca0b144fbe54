import Compiler
import Graph
import Reference
import Testing

/// What tensors take together, without blocks of channels: the reference's.
@Suite struct MemoryPlanTests {
  /// Normalized convolutions, each with a skip over it.
  private func network(blocks: Int, isTrained: Bool = false) -> ComputationGraph {
    let graph = ComputationGraph()
    let scope = Scope(graph)
    var x = graph.input("x", [2, 8, 8, 32])
    for block in 0..<blocks {
      let (norm, weights) = (scope / "norm\(block)", scope / "convolution\(block)")
      let normalized = groupNorm(
        x, weight: norm.parameter("weight", shape: [32], initial: .ones),
        bias: norm.parameter("bias", shape: [32], initial: .zeros), groups: 4, epsilon: 1e-5)
      x =
        convolution(
          silu(normalized),
          weight: weights.parameter("weight", shape: [32, 32, 3, 3], initial: .zeros),
          bias: weights.parameter("bias", shape: [32], initial: .zeros), stride: 1,
          padding: .all(1)) + x
    }
    if isTrained {
      graph.output("loss", meanSquaredError(x, graph.input("t", x.shape)))
    } else {
      graph.output("y", x)
    }
    return graph
  }

  /// Bytes of a tensor of the network.
  private let image = 4 * 2 * 8 * 8 * 32

  @Test func `inference needs no more memory for more layers`() {
    func bytes(_ blocks: Int) -> Int {
      Program.plannedBytes(network(blocks: blocks), purpose: .inference, on: .reference)
    }
    #expect(bytes(3) < 4 * image)
    #expect(bytes(12) == bytes(3))
  }

  @Test func `what a normalization gives a convolution is not kept for the backward pass`() {
    func bytes(_ blocks: Int) -> Int {
      Program.plannedBytes(
        network(blocks: blocks, isTrained: true), purpose: .training(), on: .reference)
    }
    // Of a block's two images only the sum is kept.
    #expect(Double(bytes(12) - bytes(4)) / 8 < 1.1 * Double(image))
  }

  /// No two tensors that are needed at once lie in the same place.
  @Test(arguments: [false, true])
  func `tensors that live at once do not overlap`(isShort: Bool) throws {
    let graph = network(blocks: 3, isTrained: true)
    let planner = RecomputationPlanner(graph, precision: .float32, on: .reference)
    let program = try Program(
      graph, parameters: try ParameterStore(graph.parameters, on: .reference),
      purpose: .training(recomputing: isShort ? planner.least.recomputation : nil))
    let schedule = program.schedule
    let plan = MemoryPlan(schedule)
    var written: [Tensor: Int] = Dictionary(
      uniqueKeysWithValues: schedule.inputs.values.map { ($0, -1) })
    func range(_ tensor: Tensor, _ time: Int) -> Range<Int> {
      let offset = plan.offset(of: tensor, at: time)
      return offset..<(offset + schedule.storageCount(tensor))
    }
    for (time, instruction) in schedule.instructions.enumerated() {
      for tensor in instruction.reads { #expect(written[tensor] != nil, "read before written") }
      // Those that are read now or later, before they are written again.
      var (needed, writtenAgain) = (Set<Tensor>(), Set<Tensor>())
      for later in schedule.instructions[time...] {
        needed.formUnion(Set(later.reads).subtracting(writtenAgain))
        writtenAgain.formUnion(later.writes)
      }
      for other in needed.union(instruction.writes) {
        let since = instruction.writes.contains(other) ? time : written[other] ?? time
        #expect(range(other, time) == range(other, since), "\(instruction.kind) moves a tensor")
      }
      // They are not written over, but in place.
      for tensor in instruction.writes {
        for other in needed where other != tensor && written[other] != nil {
          let isInPlace = instruction.inPlace.contains { ($0.write, $0.read) == (tensor, other) }
          #expect(
            isInPlace || !range(tensor, time).overlaps(range(other, time)), "\(instruction.kind)")
        }
      }
      for tensor in instruction.writes { written[tensor] = time }
    }
  }
}
