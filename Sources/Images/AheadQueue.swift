internal import Dispatch
internal import Synchronization

/// Elements between the thread that makes them and the one that uses them.
final class AheadQueue<Element: Sendable, Failure: Error>: Sendable {
  /// Why there are no more elements.
  enum Ending {
    case finished
    case failed(Failure)
  }

  /// Counts the places that are free, and one more once the queue has ended.
  private let room: DispatchSemaphore
  /// Counts the elements that are ready, and one more once the queue has ended.
  private let ready = DispatchSemaphore(value: 0)
  private let state = Mutex(State())

  private struct State {
    var elements: [Element] = []
    var ending: Ending?
  }

  init(capacity: Int) {
    // A semaphore must not be freed below its first value, so it begins at zero.
    room = DispatchSemaphore(value: 0)
    for _ in 0..<max(1, capacity) { room.signal() }
  }

  /// Waits until an element has a place; false once the queue has ended.
  func waitForRoom() -> Bool {
    room.wait()
    return state.withLock { $0.ending == nil }
  }

  package func append(_ element: Element) {
    state.withLock { if $0.ending == nil { $0.elements.append(element) } }
    ready.signal()
  }

  /// Lets elements that are ready be used first.
  func end(_ ending: Ending) {
    state.withLock { if $0.ending == nil { $0.ending = ending } }
    room.signal()
    ready.signal()
  }

  /// Ends at once; elements that are ready are dropped.
  func stop() {
    state.withLock { $0.elements = [] }
    end(.finished)
  }

  /// The next element, or nil after the last one.
  func removeFirst() throws(Failure) -> Element? {
    while true {
      ready.wait()
      let (element, ending) = state.withLock { state in
        state.elements.isEmpty ? (nil, state.ending) : (state.elements.removeFirst(), nil)
      }
      if let element {
        room.signal()
        return element
      }
      guard let ending else { continue }
      // The next call is not to wait either.
      ready.signal()
      switch ending {
      case .finished: return nil
      case .failed(let failure): throw failure
      }
    }
  }
}
