/// Makes elements ahead of their use, in order, on a thread of its own, until there are no more.
///
/// Letting go of it ends the thread after the element it is at.
package final class ReadAhead<Element: Sendable>: Sendable {
  private let queue: AheadQueue<Element, any Error>
  private let thread: WorkerThread

  /// Starts making elements.
  ///
  /// - Parameters:
  ///   - ahead: elements that wait to be used at most.
  ///   - source: what they are made from.
  ///   - next: makes the next one; nil after the last.
  package init<Source: Sendable>(
    _ ahead: Int, making source: Source,
    next: @escaping @Sendable (inout Source) throws -> Element?
  ) {
    let queue = AheadQueue<Element, any Error>(capacity: ahead)
    self.queue = queue
    thread = WorkerThread {
      var source = source
      while queue.waitForRoom() {
        do {
          guard let element = try next(&source) else { return queue.end(.finished) }
          queue.append(element)
        } catch {
          return queue.end(.failed(error))
        }
      }
    }
  }

  deinit {
    queue.stop()
    thread.join()
  }

  /// The next element, or nil after the last one; waits until it is made.
  ///
  /// - Throws: why it could not be made.
  package func next() throws -> Element? { try queue.removeFirst() }
}
