internal import Host
internal import Synchronization

/// Makes elements ahead of their use, in order, on a thread of its own, until there are no more.
///
/// Where the system lets the program have no thread, elements are made when they are asked for.
/// Letting go of it ends the thread after the element it is at.
package final class ReadAhead<Element: Sendable>: Sendable {
  private let queue: AheadQueue<Element, any Error>
  private let thread: WorkerThread?
  /// Makes an element and adds it, or ends the queue.
  private let makeOne: @Sendable () -> Void

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
    let source = SharedSource(source)
    let makeOne: @Sendable () -> Void = {
      do {
        if let element = try source.value.withLock({ try next(&$0) }) {
          queue.append(element)
        } else {
          queue.end(.finished)
        }
      } catch {
        queue.end(.failed(error))
      }
    }
    self.makeOne = makeOne
    thread = WorkerThread {
      while queue.waitForRoom() { makeOne() }
    }
  }

  deinit {
    stop()
    thread?.join()
  }

  /// The next element, or nil after the last one; waits until it is made.
  ///
  /// - Throws: why it could not be made.
  package func next() throws -> Element? {
    if thread == nil && queue.waitForRoom() { makeOne() }
    return try queue.removeFirst()
  }

  /// Ends the work; elements that are ready are dropped. May be called from any thread, again too.
  package func stop() { queue.stop() }
}

/// What elements are made from, which one thread at a time uses.
private final class SharedSource<Value: Sendable>: Sendable {
  let value: Mutex<Value>

  init(_ value: sending Value) { self.value = Mutex(value) }
}
