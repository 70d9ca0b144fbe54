/// What the backward pass computes again, so that nobody keeps it until then (Chen et al. 2016, "Training
/// Deep Nets with Sublinear Memory Cost").
///
/// The same instruction runs again on the same values, so that results are the same to the bit.
package struct Recomputation: Equatable, Sendable {
  /// How often a tensor is computed again.
  enum Mode: UInt8, Sendable {
    /// Not at all.
    case kept
    /// Before the first that reads it, and then kept for the others.
    case once
    /// Before each that reads it.
    case each
  }

  /// By tensor.
  let modes: [Mode]

  /// What costs next to nothing: normalizations that one instruction reads, from what is kept anyway.
  static func usual(_ schedule: Schedule) -> Recomputation {
    Recomputation(modes: TrainingOutline(schedule).usualModes)
  }
}

extension Schedule {
  /// Has the backward pass compute tensors again.
  ///
  /// An instruction that runs again is in the schedule twice: a tensor lives each time that it is written.
  mutating func recompute(_ recomputation: Recomputation) {
    let forward = instructions
    instructions = []
    for step in TrainingOutline(self, forward).order(recomputation.modes) {
      if step < forward.count {
        instructions.append(forward[step])
      } else {
        recomputed.insert(instructions.count)
        instructions.append(forward[step - forward.count].again)
      }
    }
  }
}

extension Instruction {
  /// What gives the same values once more.
  var again: Instruction {
    if case .normalization(let norm) = self {
      return Renormalization(forward: norm, output: norm.output).instruction
    }
    return self
  }
}

/// A training schedule as the planner of its memory sees it: numbers of steps and tensors.
struct TrainingOutline {
  struct Step {
    let reads, writes: [Tensor]
    let inPlace: [InPlace]
    /// By the model of costs.
    let seconds: Double

    init(_ instruction: Instruction, _ schedule: Schedule) {
      (reads, writes, inPlace) = (instruction.reads, instruction.writes, instruction.inPlace)
      seconds = schedule.modeledSeconds(instruction)
    }
  }

  /// Those of the schedule, and after them those of the forward pass as they run again.
  let steps: [Step]
  let count, forwardCount: Int
  /// Floats of each tensor.
  let sizes: [Int]
  /// Tensors that are there at the start, and at the end.
  let inputs, outputs: [Tensor]
  /// The step of the forward pass that writes a tensor that may be computed again; -1 of all others.
  let writers: [Int]
  /// Before anybody plans: what nobody keeps is computed again where it is wanted.
  let usualModes: [Recomputation.Mode]
  /// What is kept for the backward pass and need not be, and normalizations.
  let candidates: [Tensor]

  init(_ schedule: Schedule) { self.init(schedule, schedule.instructions) }

  /// - Parameter instructions: the schedule's, before any runs again.
  init(_ schedule: Schedule, _ instructions: [Instruction]) {
    let forward = instructions[..<schedule.forwardCount]
    steps =
      instructions.map { Step($0, schedule) } + forward.map { Step($0.again, schedule) }
    (count, forwardCount) = (instructions.count, forward.count)
    sizes = schedule.shapes.indices.map {
      schedule.storageCount($0).roundedUp(toMultipleOf: schedule.target.alignment)
    }
    inputs = Array(schedule.inputs.values)
    outputs = Array(schedule.outputs.values) + Array(schedule.inputGradients.values)

    // Images alone are worth it, and what the user or the loss wants is there anyway.
    let named = Set(inputs + outputs)
    var writers = [Int](repeating: -1, count: sizes.count)
    for (index, instruction) in forward.enumerated()
    where named.isDisjoint(with: instruction.writes) {
      for tensor in instruction.writes where schedule.shapes[tensor].count == 4 {
        writers[tensor] = index
      }
    }
    self.writers = writers
    var (readers, isWanted) = ([Int](repeating: 0, count: sizes.count), Set<Tensor>())
    for tensor in forward.flatMap(\.reads) { readers[tensor] += 1 }
    for tensor in instructions[forward.count...].flatMap(\.reads) { isWanted.insert(tensor) }
    usualModes = sizes.indices.map { tensor in
      if writers[tensor] < 0 { return .kept }
      if !isWanted.contains(tensor) { return .each }
      if case .normalization = instructions[writers[tensor]], readers[tensor] == 1 { return .once }
      return .kept
    }
    candidates = sizes.indices.filter { writers[$0] >= 0 && isWanted.contains($0) }
  }

  /// The steps in the order in which they run, of which those from `count` on run again.
  func order(_ modes: [Recomputation.Mode]) -> [Int] {
    var order = Array(0..<forwardCount)
    var isThere = modes.map { $0 == .kept }
    var passing: [Tensor] = []
    func bring(_ tensor: Tensor) {
      if isThere[tensor] || writers[tensor] < 0 { return }
      let step = count + writers[tensor]
      for input in steps[step].reads { bring(input) }
      order.append(step)
      for written in steps[step].writes where !isThere[written] {
        isThere[written] = true
        if modes[written] == .each { passing.append(written) }
      }
    }
    for step in forwardCount..<count {
      for tensor in steps[step].reads { bring(tensor) }
      order.append(step)
      for tensor in passing { isThere[tensor] = false }
      passing.removeAll(keepingCapacity: true)
    }
    return order
  }
}
