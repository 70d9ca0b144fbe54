package import Graph

/// Chooses what the backward pass computes again so that a training program's tensors fit in so many bytes, at the
/// least cost in time.
///
/// Greedy: of all tensors that could be computed again, or more often, the one that takes most off what lies above
/// the bytes for each second that it costs (as in Kirisame et al. 2021, "Dynamic Tensor Rematerialization", but before
/// the first run), again and again; then what turns out not to have been necessary is taken back. The time is modeled
/// (`Schedule.modeledSeconds`), so that a plan is the same on every machine.
package final class RecomputationPlanner {
  /// A program's memory, and what it costs.
  package struct Choice: Sendable {
    package let recomputation: Recomputation
    /// Of all tensors, and of what kernels use while they run.
    package let bytes: Int
    /// The part by which a run takes longer than one that computes nothing again but what costs next to nothing.
    package let slowdown: Double
  }

  private typealias Mode = Recomputation.Mode

  /// Before anything is computed again.
  private let schedule: Schedule
  private let outline: TrainingOutline
  /// What kernels use while they run.
  package let scratchBytes: Int
  private let usualSeconds: Double
  /// Ever smaller peaks, each with what it takes on top of those before.
  private lazy var descent = descend()

  package init(_ graph: ComputationGraph, precision: ElementType, on backend: any Backend) {
    schedule = Schedule(training: graph, precision, backend.target)
    outline = TrainingOutline(schedule)
    scratchBytes = backend.scratchBytes(schedule)
    usualSeconds =
      outline.order(outline.usualModes).reduce(0) { [outline] in $0 + outline.steps[$1].seconds }
  }

  /// What is chosen where there is memory enough.
  package var usual: Choice { choice(outline.usualModes) }

  /// The cheapest that fits in so many bytes; nil where none does.
  package func fitting(_ bytes: Int) -> Choice? {
    let usual = usual
    if usual.bytes <= bytes { return usual }
    let floats = (bytes - scratchBytes) / MemoryLayout<Float>.stride
    var target = floats
    // Tensors that lie around each other leave gaps, for which the next try leaves room.
    for _ in 0..<12 {
      guard let modes = descent.first(where: { $0.peak <= target })?.modes else { return nil }
      let choice = choice(withoutExcess(modes, above: target))
      if choice.bytes <= bytes { return choice }
      target -= max((choice.bytes - bytes) / MemoryLayout<Float>.stride, floats / 256)
    }
    return nil
  }

  /// The least memory that there is a choice for.
  package var least: Choice {
    descent.suffix(4).map { choice(withoutExcess($0.modes, above: $0.peak)) }
      .min { $0.bytes < $1.bytes } ?? usual
  }

  private func choice(_ modes: [Mode]) -> Choice {
    var planned = schedule
    let recomputation = Recomputation(modes: modes)
    planned.recompute(recomputation)
    let seconds = outline.order(modes).reduce(0) { $0 + outline.steps[$1].seconds }
    return Choice(
      recomputation: recomputation,
      bytes: MemoryPlan(planned).bytes + scratchBytes,
      slowdown: max(0, seconds / usualSeconds - 1))
  }
}

// The search.
extension RecomputationPlanner {
  private func descend() -> [(peak: Int, modes: [Mode])] {
    var modes = outline.usualModes
    var points = [(peak: outline.use(modes).peak, modes: modes)]
    while let last = points.last, let next = lowered(modes, to: last.peak - last.peak / 24) {
      modes = next
      points.append((outline.use(modes).peak, modes))
    }
    return points
  }

  /// A change of a tensor's mode, and what the last look at it gave.
  private struct Move {
    let tensor: Tensor
    let mode: Mode
    var gain = Double.infinity
  }

  /// Has more computed again, until no more than so many floats are needed at once; nil where nothing helps.
  private func lowered(_ start: [Mode], to target: Int) -> [Mode]? {
    var modes = start
    var now = outline.use(modes, above: target)
    var moves = outline.candidates.flatMap { tensor in
      [Mode.once, .each].filter { $0.rawValue > modes[tensor].rawValue }
        .map { Move(tensor: tensor, mode: $0) }
    }
    while now.excess > 0 {
      moves.sort {
        ($1.gain, $0.tensor, $0.mode.rawValue) < ($0.gain, $1.tensor, $1.mode.rawValue)
      }
      var best: (index: Int, use: TrainingOutline.Use)?
      for index in moves.indices {
        // What is behind gained less when it was last looked at, and rarely gains more now.
        if let best, moves[index].gain <= moves[best.index].gain { break }
        var changed = modes
        changed[moves[index].tensor] = moves[index].mode
        let use = outline.use(changed, above: target)
        let cost = max(use.seconds - now.seconds, 1e-6 * usualSeconds)
        moves[index].gain = Double(now.excess - use.excess) / cost
        if moves[index].gain > (best.map { moves[$0.index].gain } ?? 0) { best = (index, use) }
      }
      guard let best else { return nil }
      let move = moves[best.index]
      modes[move.tensor] = move.mode
      now = best.use
      moves.removeAll { $0.tensor == move.tensor && $0.mode.rawValue <= move.mode.rawValue }
    }
    return modes
  }

  /// Takes back what is not necessary for so many floats, the dearest first.
  private func withoutExcess(_ start: [Mode], above target: Int) -> [Mode] {
    var modes = start
    var seconds = outline.use(modes).seconds
    func changed(_ tensor: Tensor, to mode: Mode) -> [Mode] {
      var changed = modes
      changed[tensor] = mode
      return changed
    }
    var isDone = false
    while !isDone {
      isDone = true
      let tensors = outline.candidates.filter { modes[$0] != outline.usualModes[$0] }
      let saved = tensors.map { tensor in
        seconds - outline.use(changed(tensor, to: outline.usualModes[tensor])).seconds
      }
      let order = tensors.indices.sorted { (-saved[$0], $0) < (-saved[$1], $1) }
      for tensor in order.map({ tensors[$0] }) {
        for mode in [outline.usualModes[tensor], .once] where mode.rawValue < modes[tensor].rawValue
        {
          let less = changed(tensor, to: mode)
          let use = outline.use(less, above: target)
          if use.excess > 0 || use.seconds >= seconds { continue }
          (modes, seconds, isDone) = (less, use.seconds, false)
        }
      }
    }
    return modes
  }
}

extension TrainingOutline {
  /// What a choice of modes comes to.
  struct Use {
    /// The most floats that live at once.
    var peak = 0
    /// Floats above a target, summed up over all steps.
    var excess = 0
    var seconds = 0.0
  }

  /// What modes come to, as `MemoryPlan` would have it if there were no gaps.
  func use(_ modes: [Recomputation.Mode], above target: Int = .max) -> Use {
    let order = order(modes)
    var use = Use()
    var current = [Int](repeating: -1, count: sizes.count)
    var lives: [(first: Int, last: Int, size: Int)] = []
    var shared: [(write: Tensor, life: Int, spoiled: Int?, time: Int)] = []
    lives.reserveCapacity(2 * order.count)
    for tensor in inputs {
      current[tensor] = lives.count
      lives.append((0, 0, sizes[tensor]))
    }
    for (time, number) in order.enumerated() {
      let step = steps[number]
      use.seconds += step.seconds
      for tensor in step.reads where current[tensor] >= 0 { lives[current[tensor]].last = time }
      for pair in step.inPlace where sizes[pair.write] == sizes[pair.read] {
        shared.append(
          (pair.write, current[pair.read], pair.spoiled.map { current[$0] }, time))
      }
      for tensor in step.writes {
        current[tensor] = lives.count
        lives.append((time, time, sizes[tensor]))
      }
    }
    for tensor in outputs { lives[current[tensor]].last = order.count }

    var changes = [Int](repeating: 0, count: order.count + 2)
    for life in lives {
      changes[life.first] += life.size
      changes[life.last + 1] -= life.size
    }
    // What is written in place begins as the other ends. Of two that could give way one does.
    var last = (write: -1, time: -1)
    for (write, life, spoiled, time) in shared
    where lives[life].last == time && last != (write, time)
      && spoiled.map({ lives[$0].last == time }) != false
    {
      changes[time] -= lives[life].size
      changes[time + 1] += lives[life].size
      last = (write, time)
    }
    var live = 0
    for change in changes {
      live += change
      use.peak = max(use.peak, live)
      use.excess += max(0, live - target)
    }
    return use
  }
}
