package import Compiler

/// The backend on processors: kernels of our own, and oneDNN's convolutions where they are faster.
package struct CPUBackend: Backend {
  package init() {}

  package var name: String { "CPU" }

  package var target: Target { .cpu }

  package func supports(_ images: ElementType) -> Bool {
    KernelTable.supports(images, .current)
  }

  package var fastest: ElementType { PeakSpeed.fastest }

  package func makeStorage(
    _ layout: ParameterLayout
  ) throws(ComputeError) -> any ParameterStorage {
    try InstructionSet.check()
    return try ParameterBuffer(layout)
  }

  package func scratchBytes(_ schedule: Schedule) -> Int {
    schedule.instructions.map { $0.onCPU.scratchBytes(schedule) }.max() ?? 0
  }

  package func compile(
    _ schedule: Schedule, parameters: any ParameterStorage, gradients: (any ParameterStorage)?,
    threads: Int?
  ) throws(ComputeError) -> any Executable {
    try CPUExecutable(
      schedule, parameters: .of(parameters), gradients: gradients.map(ParameterBuffer.of),
      threads: threads ?? Threads.count)
  }

  /// The version of oneDNN that computes: "2.6.3".
  package static var oneDNNVersion: String { OneDNN.version }
}

extension Backend where Self == CPUBackend {
  /// The backend on processors.
  package static var cpu: CPUBackend { CPUBackend() }
}

extension Target {
  /// This backend's answers.
  static let cpu = Target(channelBlock: 16, alignment: 16, fusions: Set(Fusion.allCases))
}
