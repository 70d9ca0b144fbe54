internal import CKernels
internal import Host

/// How far the loops of a program can be shared among the threads that it was made for, which may be more than there
/// are processors here.
package struct LoopWatch {
  private let threads: Int
  private var watch = st_loop_watch()

  /// - Parameter threads: on which the program runs.
  package init(threads: Int) {
    self.threads = threads
    watch.processors = Int32(Processors.available)
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
    let work = isOurs ? rest : rest * Double(min(threads, Int(watch.processors)))
    watch.work += work
    if isOurs, threads > 1 { watch.narrow_work += work }
    watch.least_seconds += isOurs ? work : work / Double(threads)
  }

  /// The part of the work that is in loops of fewer iterations than threads.
  package var narrow: Double { watch.narrow_work / max(watch.work, 1e-12) }

  /// The part of the threads' time that is used at best.
  package var efficiency: Double {
    watch.work / Double(threads) / max(watch.least_seconds, 1e-12)
  }
}
