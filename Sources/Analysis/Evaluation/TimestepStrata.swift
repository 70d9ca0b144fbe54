internal import Random

/// The timesteps of a schedule in ranges, of each of which an image is measured at one: its value
/// there, times the range's length, stands for the range's sum.
///
/// The ranges grow longer with the noise, their ends being squares of evenly spaced numbers, because
/// most of the bound and of its changes is where there is little. Which timestep is taken is drawn for each image anew, so that the mean over images nears the sum over all
/// timesteps without bias, and its standard error holds what leaving timesteps out adds to it. Timestep
/// 0, whose term is another, is a range of its own; with as many ranges as timesteps, all are.
package struct TimestepStrata: Sendable, Equatable {
  /// From the least noise to the most.
  package let ranges: [Range<Int>]

  /// `count` ranges of `total` timesteps: from 2 to `total`, or 1 of 1.
  package init(_ count: Int, of total: Int) {
    precondition(
      (min(2, total)...total).contains(count), "there are no \(count) of \(total) ranges")
    var ranges = [0..<1]
    for k in 1..<max(count, 1) {
      let part = Double(k) / Double(count - 1)
      let first = ranges[k - 1].upperBound
      let end = 1 + Int((Double(total - 1) * part * part).rounded())
      ranges.append(first..<max(first + 1, end))
    }
    self.ranges = ranges
  }

  /// The timestep of range `k` at which image `index` is measured.
  package func timestep(_ k: Int, seed: UInt64, index: Int) -> Int {
    let stream = RandomStream(seed: seed, purpose: .validation, index: index, step: k, site: 2)
    return ranges[k].lowerBound + stream.integer(below: ranges[k].count)
  }
}
