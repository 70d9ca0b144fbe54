package import Compiler

/// The backend that defines every instruction: in float64, images (N, C, H, W) without blocks, by loops
/// that are easy to see right. Others are tested against it.
package struct ReferenceBackend: Backend {
  private let fusions: Set<Fusion>

  /// - Parameter fusions: what becomes one instruction. The results are the same whatever it is, but for
  ///   rounding.
  package init(fusions: Set<Fusion> = Set(Fusion.allCases)) {
    self.fusions = fusions
  }

  package var name: String { "reference" }

  package var target: Target { Target(channelBlock: 1, alignment: 1, fusions: fusions) }

  /// Float64 serves for float32, and nothing is rounded to bfloat16.
  package func supports(_ images: ElementType) -> Bool { images == .float32 }

  package var fastest: ElementType { .float32 }

  package func makeStorage(
    _ layout: ParameterLayout
  ) throws(ComputeError) -> any ParameterStorage {
    ReferenceStorage(layout)
  }

  package func compile(
    _ schedule: Schedule, parameters: any ParameterStorage, gradients: (any ParameterStorage)?,
    threads: Int?
  ) throws(ComputeError) -> any Executable {
    ReferenceExecutable(
      schedule, parameters: .of(parameters), gradients: gradients.map(ReferenceStorage.of))
  }
}

extension Backend where Self == ReferenceBackend {
  /// The backend that defines every instruction.
  package static var reference: ReferenceBackend { ReferenceBackend() }
}
