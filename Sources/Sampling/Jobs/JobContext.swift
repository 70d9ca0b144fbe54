public import Distributed

/// What a job tells while it runs.
public enum JobEvent: Sendable {
  /// `done` of `total` of something: "images"; of the next one a part from 0 to 1.
  case progress(String, done: Int, total: Int, part: Double)
  /// Something that a user should know, such as an image that is left out.
  case note(String)
}

/// How a job runs: by which processes, whom it tells, and when it ends early.
public struct JobContext {
  /// The processes that share the work. All of them run the same job; the first plans it, tells of it, and writes
  /// what is about all images.
  public var processes: ProcessGroup
  /// Is told what happens, on the first process.
  public var onEvent: (JobEvent) -> Void
  /// Asked now and then whether the work is to end, on each process.
  public var shouldStop: () -> Bool

  /// A job by one process, with nobody to tell unless given.
  public init(
    processes: ProcessGroup = .alone, onEvent: @escaping (JobEvent) -> Void = { _ in },
    shouldStop: @escaping () -> Bool = { false }
  ) {
    (self.processes, self.onEvent, self.shouldStop) = (processes, onEvent, shouldStop)
  }

  /// Whether this is the process that plans and tells.
  package var isFirst: Bool { processes.isFirst }
  /// How many processes share the work.
  package var processCount: Int { processes.size }

  /// Tells a user something, on the first process.
  package func note(_ text: String) { if isFirst { onEvent(.note(text)) } }

  /// Tells how far the work is.
  package func progress(_ what: String, _ done: Int, of total: Int, part: Double = 0) {
    if isFirst { onEvent(.progress(what, done: done, total: total, part: part)) }
  }

  /// Whether any process is to end, which all of them ask.
  package var anyStops: Bool { processes.communicator.any(shouldStop()) }

  /// Returns when all processes have come here.
  package func waitForAll() { processes.communicator.barrier() }

  /// Does something on the first process, for which the others wait.
  package func first(_ work: () throws -> Void) throws {
    try processes.first(work)
  }

  /// What the first process finds, on all: plans, lists of images, outcomes.
  package func share<Value: Codable>(_ find: () throws -> Value) throws -> Value {
    try processes.share(find)
  }
}

/// The items of a job, which its processes take from each other's hands.
package struct JobItems<Result: Codable & Sendable> {
  /// The same for another thread, such as one that reads ahead.
  package let queue: WorkQueue<Result>
  private let context: JobContext
  private let what: String
  private let total: Int
  private let progress: Progress

  private final class Progress {
    var done: Int
    init(_ done: Int) { self.done = done }
  }

  /// Takes up to `most` items; nil where there are none left, or the work is to end.
  package func take(_ most: Int = 1) -> Range<Int>? { isStopped ? nil : queue.take(most) }

  /// Whether the work is to end.
  package var isStopped: Bool {
    guard context.shouldStop() else { return false }
    queue.stop()
    return true
  }

  /// Keeps what became of an item.
  package func finish(_ item: Int, _ result: Result) {
    queue.finish(item, result)
    tell()
  }

  /// Tells of which part of an item is done, from 0 to 1.
  package func progress(part: Double) {
    context.progress(what, progress.done, of: total, part: part)
  }

  /// Tells that an item has no result.
  ///
  /// - Parameter isTold: whether it was told before.
  /// - Returns: why, for the summary.
  package func leaveOut(_ error: any Error, isTold: Bool = false) -> String {
    let cause = context.processes.cause(of: error)
    if !isTold { note("left out: \(cause)") }
    return cause
  }

  /// Leaves a sentence for the user.
  package func note(_ text: String) {
    queue.note(text)
    tell()
  }

  /// On the first process, tells what has happened on all.
  fileprivate func tell() {
    guard context.isFirst else { return }
    let news = queue.news()
    for note in news.notes { context.note(note) }
    progress.done += news.finished
    if news.finished > 0 { context.progress(what, progress.done, of: total) }
  }

  /// Shares items among the processes.
  ///
  /// - Parameters:
  ///   - numbers: the items' numbers.
  ///   - what: what an item makes, as progress has it: "images".
  ///   - done: how many of `total` were there before.
  ///   - body: one process's part, which takes items until there are none, and finishes each.
  /// - Returns: what became of the items, by their numbers, on the first process; nothing on the others.
  package static func share(
    _ numbers: Range<Int>, _ what: String, done: Int = 0, of total: Int, in context: JobContext,
    body: (JobItems) throws -> Void
  ) throws -> [Int: Result] {
    let queue = WorkQueue<Result>(numbers, among: context.processes.communicator)
    let items = JobItems(
      queue: queue, context: context, what: what, total: total, progress: Progress(done))
    context.progress(what, done, of: total)
    return try queue.run {
      try body(items)
    } waiting: {
      // A signal that comes while the others are at work ends them too.
      _ = items.isStopped
      items.tell()
    }
  }
}
