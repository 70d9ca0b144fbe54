/// Ways back up that ancestral sampling takes, so that what is drawn of an image comes to suit what is
/// kept of it (Lugmayr et al. 2022).
public struct Resampling: Equatable, Sendable {
  /// Steps that a way up goes over, at least 1.
  public var jumpLength: Int
  /// How many times each part of the steps is gone down in all, at least 1.
  public var count: Int

  /// Ways up over so many steps, for so many ways down.
  public init(jumpLength: Int, count: Int) {
    self.jumpLength = jumpLength
    self.count = count
  }
}

extension TimestepPlan {
  /// The plan with ways back up: where it comes to a timestep that is a multiple of `jumpLength` steps
  /// above the last, it goes up by as many steps, until it has gone down from there `count` times.
  ///
  /// Where the ways begin and end is as in the authors' `get_schedule_jump`, with what they call
  /// `jump_length` and `jump_n_sample`.
  package func resampled(_ resampling: Resampling) -> TimestepPlan {
    let (count, jumpLength) = (resampling.count, resampling.jumpLength)
    precondition(count >= 1 && jumpLength >= 1, "a jump goes somewhere")
    let last = timesteps.count - 1
    var jumps: [Int: Int] = [:]
    for level in stride(from: 0, to: last + 1 - jumpLength, by: jumpLength) {
      jumps[level] = count - 1
    }
    var visited: [Double] = []
    var ends: [Double] = []
    // Levels are counted from the least noisy one.
    var level = last
    while level >= 0 {
      visited.append(timesteps[last - level])
      ends.append(targets[last - level])
      level -= 1
      if let left = jumps[level], left > 0 {
        jumps[level] = left - 1
        level += jumpLength
      }
    }
    return TimestepPlan(timesteps: visited, targets: ends)
  }
}
