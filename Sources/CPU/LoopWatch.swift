internal import CKernels

/// How far the loops of a program can be shared among more threads than there are here.
package struct LoopWatch {
  /// Numbers of threads that are asked about.
  package let threads: [Int]
  private var watch = st_loop_watch()
  private let current: Int

  /// - Parameters:
  ///   - threads: three numbers.
  ///   - current: on which the program runs; nil for all.
  package init(threads: [Int], current: Int?) {
    precondition(threads.count == 3)
    self.threads = threads
    self.current = current ?? Threads.count
    watch.threads = (Int32(threads[0]), Int32(threads[1]), Int32(threads[2]))
  }

  /// Watches the loops of an instruction while it runs.
  ///
  /// - Parameter isOurs: whether all its loops are; others count as shared among all threads.
  package mutating func watch(isOurs: Bool, _ run: () -> Duration) {
    let before = watch.seconds
    let duration = withUnsafeMutablePointer(to: &watch) { watch in
      st_watch_loops(watch)
      defer { st_watch_loops(nil) }
      return run()
    }
    let all = Double(duration.components.seconds) + 1e-18 * Double(duration.components.attoseconds)
    let rest = max(0, all - (watch.seconds - before))
    let work = isOurs ? rest : rest * Double(current)
    watch.work += work
    func add(_ narrow: inout Double, _ least: inout Double, _ threads: Int) {
      if isOurs, threads > 1 { narrow += work }
      least += isOurs ? work : work / Double(threads)
    }
    add(&watch.narrow_work.0, &watch.least_seconds.0, threads[0])
    add(&watch.narrow_work.1, &watch.least_seconds.1, threads[1])
    add(&watch.narrow_work.2, &watch.least_seconds.2, threads[2])
  }

  /// By number of threads: the part of the work that is in loops of fewer iterations than threads, and the part of the
  /// threads' time that is used at best.
  package var results: [(threads: Int, narrow: Double, efficiency: Double)] {
    let narrow = [watch.narrow_work.0, watch.narrow_work.1, watch.narrow_work.2]
    let least = [watch.least_seconds.0, watch.least_seconds.1, watch.least_seconds.2]
    let work = max(watch.work, 1e-12)
    return threads.indices.map {
      (threads[$0], narrow[$0] / work, work / Double(threads[$0]) / max(least[$0], 1e-12))
    }
  }
}
