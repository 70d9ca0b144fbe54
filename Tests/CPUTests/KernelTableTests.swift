import CPU
import Compiler
import Graph
import Testing

@Suite struct KernelTableTests {
  @Test(arguments: InstructionSet.allCases, [ElementType.float32, .bfloat16])
  func `there is code for all work on elements that are supported, and none for others`(
    set: InstructionSet, elements: ElementType
  ) {
    for work in KernelTable.Work.allCases {
      // Rows (N, C) are float32 in any precision.
      let isOfRows = work == .linear || work == .linearGradient
      let code = KernelTable.code(for: work, isOfRows ? .float32 : elements, set)
      #expect(
        (code != nil) == (KernelTable.supports(elements, set) || isOfRows), "\(work)")
    }
    #expect(KernelTable.supports(.float32, set))
    #expect(KernelTable.supports(.bfloat16, set) == (set == .avx512bf16 || set == .neonbf16))
  }

  @Test(.enabled(if: !KernelTable.takesOwnOnly))
  func `our own products serve convolutions and attention, oneDNN what is left of AVX-512`() {
    for set in [InstructionSet.sse2, .neon, .neonbf16] {
      for work in KernelTable.Work.allCases {
        #expect(KernelTable.code(for: work, .float32, set) != .oneDNN, "\(work)")
        #expect(KernelTable.code(for: work, .bfloat16, set) != .oneDNN, "\(work)")
      }
    }
    for set in InstructionSet.allCases {
      #expect(KernelTable.code(for: .attention, .float32, set) == .products)
      #expect(KernelTable.code(for: .convolution3x3, .float32, set) == .winograd)
      #expect(KernelTable.code(for: .weightGradient3x3, .float32, set) == .winograd)
      #expect(KernelTable.code(for: .weightGradient, .float32, set) == .taps)
      let takesOneDNN = set.has(.avx512)
      #expect(
        KernelTable.code(for: .convolution, .float32, set) == (takesOneDNN ? .oneDNN : .gathered))
    }
  }

  /// The names that programs report are of the code that the table names.
  @Test func `a program runs what the table says`() throws {
    let graph = ComputationGraph()
    let scope = Scope(graph)
    let x = graph.input("x", [1, 16, 16, 16])
    let h = convolution(
      x, weight: scope.parameter("w", shape: [16, 16, 3, 3], initial: .ones), bias: nil, stride: 1,
      padding: .all(1))
    let y = convolution(
      h, weight: scope.parameter("v", shape: [16, 16], initial: .ones), bias: nil, stride: 1,
      padding: .all(0))
    graph.output("loss", meanSquaredError(y, graph.input("target", y.shape)))
    let program = try Program(
      graph, parameters: try ParameterStore(graph.parameters, on: .cpu), purpose: .training())
    let names = program.implementations.map { "\($0.kind): \($0.implementation)" }
    let set = InstructionSet.current
    let isAllOurs = KernelTable.code(for: .convolution, .float32, set) == .gathered
    #expect(names.count == 5)
    func count(_ name: String) -> Int { names.filter { $0.contains(name) }.count }
    #expect(count("winograd_4x4:") == 2 && count("taps:") == 1, "\(names)")
    #expect(count("gathered:") == (isAllOurs ? 2 : 0), "\(names)")
    if set.has(.avx512) {
      #expect(count("winograd_4x4:avx512") + count("taps:avx512") == 3, "\(names)")
    } else {
      #expect(count("avx512") == 0, "\(names)")
    }
    if !set.has(.avx2) { #expect(count("avx2") == 0, "\(names)") }
  }
}
