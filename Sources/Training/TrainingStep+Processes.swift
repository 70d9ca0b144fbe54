internal import Distributed

extension TrainingStep.Result {
  /// Adds the other processes' examples, in the order that one process alone has them in.
  ///
  /// - Parameters:
  ///   - drawn: of each example its timestep and its loss without its weight.
  ///   - parts: how many batches the step has.
  mutating func gather(
    _ drawn: inout [(t: Int, loss: Double)], parts: Int, from ranks: any Communicator
  ) {
    let count = losses.count
    let all = ranks.gather(
      losses.map(Double.init) + quantiles + drawn.map { Double($0.t) } + drawn.map(\.loss))
    let columns = all.count / ranks.size / count
    let each = count / parts
    var rows: [[Double]] = []
    for part in 0..<parts {
      for rank in 0..<ranks.size {
        for i in (part * each)..<((part + 1) * each) {
          rows.append((0..<columns).map { all[(rank * columns + $0) * count + i] })
        }
      }
    }
    losses = rows.map { Float($0[0]) }
    quantiles = rows.map { $0[1] }
    if columns == 4 { drawn = rows.map { (Int($0[2]), $0[3]) } }
  }
}
