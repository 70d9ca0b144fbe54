/// Reverse-mode differentiation: walks a schedule backwards and appends the backward pass to it.
///
/// A tensor's gradient is the sum of what its readers contribute. An instruction that can add while
/// it writes takes what has been contributed so far (`pending`); what remains is summed up when the
/// tensor's own writer is reached.
struct Differentiation {
  private(set) var schedule: Schedule
  /// Tensors that depend on a parameter or on an input whose gradient is wanted.
  private let active: Set<Tensor>
  private var contributions: [Tensor: [Tensor]] = [:]

  /// Appends to `schedule` the gradients of all parameters and of the inputs named.
  static func appendBackward(to schedule: inout Schedule, inputGradients: Set<String>) {
    var active = Set(inputGradients.compactMap { schedule.inputs[$0] })
    for instruction in schedule.instructions {
      let trains = instruction.step is any Trainable
      if trains || instruction.reads.contains(where: active.contains) {
        active.formUnion(instruction.writes)
      }
    }
    schedule.forwardCount = schedule.instructions.count
    var backward = Differentiation(schedule: schedule, active: active)
    for instruction in schedule.instructions.reversed() {
      (instruction.step as? any Differentiable)?.differentiate(&backward)
    }
    for name in inputGradients {
      guard let input = schedule.inputs[name], let gradient = backward.gradient(of: input) else {
        preconditionFailure("the loss does not depend on the input \(name)")
      }
      backward.schedule.inputGradients[name] = gradient
    }
    schedule = backward.schedule
  }

  private init(schedule: Schedule, active: Set<Tensor>) {
    self.schedule = schedule
    self.active = active
  }

  /// Whether anybody wants the gradient of `tensor`.
  func wants(_ tensor: Tensor) -> Bool { active.contains(tensor) }

  /// The whole gradient of a tensor of which no further reader follows; nil where there is none.
  mutating func gradient(of tensor: Tensor) -> Tensor? {
    guard var sum = contributions[tensor]?.first else { return nil }
    for next in contributions[tensor, default: []].dropFirst() {
      let total = schedule.tensor(like: tensor)
      append(Add(a: next, b: sum, output: total))
      sum = total
    }
    contributions[tensor] = [sum]
    return sum
  }

  /// Takes away up to two contributions, to be added by the instruction that contributes next.
  mutating func takePending(_ tensor: Tensor) -> [Tensor] {
    let taken = Array(contributions[tensor, default: []].prefix(2))
    contributions[tensor] = Array(contributions[tensor, default: []].dropFirst(2))
    return taken
  }

  mutating func contribute(_ gradient: Tensor, to tensor: Tensor) {
    contributions[tensor, default: []].append(gradient)
  }

  mutating func tensor(like other: Tensor) -> Tensor { schedule.tensor(like: other) }
  mutating func tensor(_ shape: [Int]) -> Tensor { schedule.tensor(shape) }
  func shape(_ tensor: Tensor) -> [Int] { schedule.shapes[tensor] }

  mutating func append(_ step: some Step) {
    schedule.instructions.append(step.instruction)
  }
}
