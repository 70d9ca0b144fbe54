import Compiler
import Foundation
import Graph
import Testing

/// Attention alone, with queries, keys and values as inputs.
struct AttentionCase: CustomTestStringConvertible, Sendable {
  var images = 1
  let pixels: Int
  let heads: Int
  /// Channels of a head.
  let depth: Int
  /// Of the queries and the keys.
  var size: Float = 1

  var testDescription: String {
    "\(images) x \(pixels) pixels, \(heads) heads of \(depth), size \(size)"
  }
  var channels: Int { heads * depth }
  var names: [String] { ["q", "k", "v"] }

  /// Numbers that bfloat16 has, so that what differs is the kernel's.
  func values(_ name: String, image: Int) -> [Float] {
    let index = ["q", "k", "v", "target"].firstIndex(of: name) ?? 0
    let factor = name == "q" || name == "k" ? size : 1
    return normals(pixels * channels, 4 * image + index).map {
      Float(bitPattern: ($0 * factor).bitPattern & 0xffff_0000)
    }
  }

  /// y and the gradients of q, k and v.
  func results(_ engine: Engine, threads: Int? = nil, from first: Int = 0) throws -> [[Float]] {
    let graph = ComputationGraph()
    let shape = [images, 1, pixels, channels]
    let inputs = names.map { graph.input($0, shape) }
    let y = attention(query: inputs[0], key: inputs[1], value: inputs[2], heads: heads)
    graph.output("y", y)
    graph.output("loss", meanSquaredError(y, graph.input("target", shape)))
    let program = try engine.program(
      graph, try engine.parameters(graph), .training(inputGradients: Set(names)), threads: threads)
    for name in names + ["target"] {
      program.setInput(name, (0..<images).flatMap { values(name, image: first + $0) })
    }
    program.run()
    return [program.output("y")] + names.map(program.inputGradient)
  }
}

@Suite struct AttentionTests {
  /// Few and many positions, around the sizes of panels, tiles and chunks, with heads that are smaller than a
  /// vector, fill some, and neither.
  static let cases =
    [(1, 8), (2, 8), (3, 64), (7, 16), (15, 3), (16, 8), (17, 32), (31, 1), (33, 12), (63, 8)]
    .map { AttentionCase(pixels: $0, heads: 2, depth: $1) }
    + [(64, 40), (65, 8), (100, 20), (127, 64), (129, 16), (200, 7), (257, 8), (300, 80)]
    .map { AttentionCase(pixels: $0, heads: 1, depth: $1) }
    + [AttentionCase(images: 2, pixels: 70, heads: 3, depth: 24)]

  @Test(arguments: cases, Engine.compared)
  func `outputs and gradients are the reference's`(_ test: AttentionCase, engine: Engine) throws {
    let bounds = Bounds.of(engine.precision)
    let expected = try test.results(.reference)
    for (index, computed) in try test.results(engine).enumerated() {
      bounds.expectClose(
        computed, expected[index].map(Double.init),
        within: index == 0 ? bounds.output : bounds.gradient, "\(["y", "q", "k", "v"][index])",
        // The gradient of a score that is alone is 0.
        least: 1e-3)
    }
  }

  /// Scores of some hundreds, of which the exponential is no float.
  @Test(arguments: [Float(6), 12, 25], Engine.compared)
  func `scores may be large`(_ size: Float, engine: Engine) throws {
    let test = AttentionCase(pixels: 90, heads: 2, depth: 8, size: size)
    let expected = try test.results(.reference)
    let computed = try test.results(engine)
    let bounds = Bounds.of(engine.precision)
    bounds.expectClose(
      computed[0], expected[0].map(Double.init), within: max(bounds.output, 1e-4), "y")
    for results in computed { #expect(!results.contains { !$0.isFinite }) }
  }

  @Test(arguments: ["q", "k"], Engine.compared)
  func `a query or a key that is not finite gives outputs that are no numbers`(
    _ name: String, engine: Engine
  ) throws {
    let test = AttentionCase(pixels: 40, heads: 1, depth: 8)
    let graph = ComputationGraph()
    let inputs = test.names.map { graph.input($0, [1, 1, test.pixels, test.channels]) }
    graph.output("y", attention(query: inputs[0], key: inputs[1], value: inputs[2], heads: 1))
    let program = try engine.program(graph, try engine.parameters(graph), .inference)
    // The last is a NaN whose bits are all set, as in memory that nobody has written.
    for value in [Float.nan, .infinity, -.infinity, Float(bitPattern: .max)] {
      for input in test.names {
        var values = test.values(input, image: 0)
        if input == name { values[5] = value }
        program.setInput(input, values)
      }
      program.run()
      #expect(program.output("y").contains { $0.isNaN }, "\(value)")
    }
  }

  @Test(
    arguments: [
      AttentionCase(pixels: 260, heads: 1, depth: 8),
      AttentionCase(pixels: 200, heads: 2, depth: 20),
      AttentionCase(images: 4, pixels: 64, heads: 1, depth: 16),
    ], Engine.compared)
  func `results do not depend on the threads or the batch, to the bit`(
    _ test: AttentionCase, engine: Engine
  ) throws {
    let expected = try test.results(engine, threads: 1)
    for threads in [2, 3, 7] {
      #expect(try test.results(engine, threads: threads) == expected, "\(threads) threads")
    }
    var alone = test
    alone.images = 1
    let last = try alone.results(engine, threads: 2, from: test.images - 1)
    for (index, (computed, batch)) in zip(last, expected).enumerated() {
      // The loss is the batch's mean.
      let factor = index == 0 ? 1 : Float(test.images)
      #expect(batch.suffix(computed.count).map { $0 * factor } == computed)
    }
  }

  /// 4,096 positions, of which a few are computed again in float64.
  @Test(arguments: Engine.compared)
  func `a head of 8 channels among 64 x 64 pixels`(engine: Engine) throws {
    let test = AttentionCase(pixels: 4096, heads: 1, depth: 8)
    let (pixels, depth) = (test.pixels, test.depth)
    let computed = try test.results(engine)
    /// (C, H W)
    func at(_ pixel: Int, _ values: [Float]) -> [Double] {
      (0..<depth).map { Double(values[$0 * pixels + pixel]) }
    }
    func inputs(_ name: String) -> [[Double]] {
      let values = test.values(name, image: 0)
      return (0..<pixels).map { at($0, values) }
    }
    let (q, k, v, target) = (inputs("q"), inputs("k"), inputs("v"), inputs("target"))
    let bounds = Bounds.of(engine.precision)
    let root = Double(depth).squareRoot()
    for i in [0, 63, 2050, 4095] {
      var weights = k.map { exp(zip(q[i], $0).reduce(0) { $0 + $1.0 * $1.1 } / root) }
      let sum = weights.reduce(0, +)
      weights = weights.map { $0 / sum }
      var y = [Double](repeating: 0, count: depth)
      for j in 0..<pixels { for c in 0..<depth { y[c] += weights[j] * v[j][c] } }
      bounds.expectClose(at(i, computed[0]).map(Float.init), y, within: bounds.output, "y \(i)")
      let dy = (0..<depth).map { 2 * (y[$0] - target[i][$0]) / Double(pixels * depth) }
      var dq = [Double](repeating: 0, count: depth)
      for j in 0..<pixels {
        var slope = 0.0
        for c in 0..<depth { slope += (v[j][c] - y[c]) * dy[c] }
        for c in 0..<depth { dq[c] += weights[j] * slope * k[j][c] / root }
      }
      bounds.expectClose(
        at(i, computed[1]).map(Float.init), dq, within: bounds.gradient, "dq \(i)", least: 1e-7)
    }
    // A query's weights sum up to 1, so what values get together is what outputs have. What is added to all keys
    // changes no weight.
    for c in 0..<depth {
      let outputs = (0..<pixels).reduce(0.0) {
        $0 + 2 * (Double(computed[0][c * pixels + $1]) - target[$1][c]) / Double(pixels * depth)
      }
      func sum(_ values: [Float]) -> Float { values[(c * pixels)...].prefix(pixels).reduce(0, +) }
      bounds.expectClose(
        [sum(computed[3])], [outputs], within: bounds.gradient, "dv", least: 1e-2)
      bounds.expectClose([sum(computed[2])], [0], within: bounds.gradient, "dk", least: 1e-2)
    }
  }
}
