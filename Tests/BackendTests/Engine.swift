import CPU
import Compiler
import Graph
import Random
import Reference
import Testing

/// A backend with what it keeps images in.
struct Engine: CustomTestStringConvertible, Sendable {
  let backend: any Backend
  let precision: ElementType

  /// What the others are compared with.
  static let reference = Engine(backend: .reference, precision: .float32)

  /// All that this machine has.
  static let all = [reference] + compared

  static let compared = [ElementType.float32, .bfloat16].filter(CPUBackend().supports).map {
    Engine(backend: .cpu, precision: $0)
  }

  var isReference: Bool { backend is ReferenceBackend }

  var testDescription: String { "\(backend.name), \(precision)" }

  /// Parameters with random values.
  func parameters(_ graph: ComputationGraph, seed: UInt64 = 3) throws -> ParameterStore {
    let parameters = try ParameterStore(graph.parameters, on: backend)
    parameters.initialize(seed: seed)
    return parameters
  }

  func program(
    _ graph: ComputationGraph, _ parameters: ParameterStore, _ purpose: Program.Purpose,
    threads: Int? = nil
  ) throws -> Program {
    try Program(
      graph, parameters: parameters, purpose: purpose, precision: precision, threads: threads)
  }
}

/// Normal numbers.
func normals(_ count: Int, _ index: Int) -> [Float] {
  RandomStream(seed: 1, purpose: .initialNoise, index: index, step: 0).normals(count)
}

/// How far from float64 a precision may be.
struct Bounds {
  let output, gradient: Double
  /// Whether the bounds are of the largest difference, or of the differences' mean square.
  let isOfLargest: Bool

  static func of(_ precision: ElementType) -> Bounds {
    switch precision {
    case .float32: Bounds(output: 2e-5, gradient: 1e-3, isOfLargest: true)
    case .bfloat16: Bounds(output: 1e-2, gradient: 3e-2, isOfLargest: false)
    }
  }

  /// - Parameter least: below which sizes are nothing but rounding.
  func expectClose(
    _ computed: [Float], _ expected: [Double], within tolerance: Double, _ name: String,
    least: Double = 0, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    if isOfLargest {
      BackendTests.expectClose(
        computed, expected, within: tolerance, name, scale: least, sourceLocation: sourceLocation)
    } else {
      let size = max(expected.reduce(0) { $0 + $1 * $1 }.squareRoot(), least)
      let difference = zip(computed, expected).reduce(0) {
        $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1)
      }.squareRoot()
      #expect(
        computed.count == expected.count && difference <= tolerance * size,
        "\(name): off by \(difference) of \(size)", sourceLocation: sourceLocation)
    }
  }
}

/// Expects all differences to be at most `tolerance` times the largest expected value.
func expectClose(
  _ computed: [Float], _ expected: [Double], within tolerance: Double, _ name: String,
  scale: Double = 0, sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(computed.count == expected.count, "\(name)", sourceLocation: sourceLocation)
  let largest = max(expected.map(abs).max() ?? 0, scale, 1e-6)
  let difference = zip(computed, expected).map { abs(Double($0) - $1) }.max() ?? 0
  #expect(
    difference <= tolerance * largest, "\(name): off by \(difference) of \(largest)",
    sourceLocation: sourceLocation)
}
