import Distributed
import Foundation
import Testing

/// Work that ranks share item by item, on ranks that are threads.
@Suite struct WorkQueueTests {
  @Test(arguments: [1, 2, 3, 5], [0, 1, 7, 100])
  func `each item is one rank's, and rank 0 has all results`(size: Int, count: Int) async {
    let results = await ThreadCommunicator.run(size) { ranks in
      let queue = WorkQueue<String>(10..<(10 + count), among: ranks)
      return try? queue.run {
        while let range = queue.take(4) {
          for item in range { queue.finish(item, "\(item) squared is \(item * item)") }
        }
      } waiting: {
      }
    }
    let expected = Dictionary(
      uniqueKeysWithValues: (10..<(10 + count)).map { ($0, "\($0) squared is \($0 * $0)") })
    #expect(results[0] == expected)
    for others in results.dropFirst() { #expect(others == [:]) }
  }

  @Test func `a rank that is busy leaves the items to others`() async {
    let taken = await ThreadCommunicator.run(3) { ranks in
      let queue = WorkQueue<Int>(0..<60, among: ranks)
      var own = 0
      _ = try? queue.run {
        while let range = queue.take() {
          own += range.count
          // Rank 1 takes as long for one as the others for very many.
          Thread.sleep(forTimeInterval: ranks.rank == 1 ? 0.5 : 0.002)
          for item in range { queue.finish(item, ranks.rank) }
        }
      } waiting: {
      }
      return own
    }
    #expect(taken.reduce(0, +) == 60)
    // Either of the others may have had to wait for its processor.
    #expect(taken[1] < taken[0] + taken[2])
  }

  @Test func `pieces get smaller towards the end`() async {
    let pieces = await ThreadCommunicator.run(2) { ranks in
      let queue = WorkQueue<Int>(0..<20, among: ranks)
      var sizes: [Int] = []
      _ = try? queue.run {
        while let range = queue.take(16) {
          sizes.append(range.count)
          Thread.sleep(forTimeInterval: 0.01)
        }
      } waiting: {
      }
      return sizes
    }
    #expect(pieces.joined().reduce(0, +) == 20)
    #expect(pieces.allSatisfy { ($0.max() ?? 0) <= 10 } && pieces.joined().contains(1))
  }

  @Test(arguments: [0, 1, 2])
  func `any rank ends the work of all`(stopping: Int) async {
    let results = await ThreadCommunicator.run(3) { ranks in
      let queue = WorkQueue<Int>(0..<100_000, among: ranks)
      var own = 0
      let results = try? queue.run {
        while let item = queue.take()?.lowerBound {
          if ranks.rank == stopping && own == 3 {
            queue.stop()
            break
          }
          own += 1
          queue.finish(item, item)
          Thread.sleep(forTimeInterval: 0.001)
        }
      } waiting: {
      }
      return (own, results ?? [:])
    }
    #expect(results[stopping].0 == 3)
    // What was finished until then is kept.
    #expect(results[0].1.count == results.map(\.0).reduce(0, +))
    #expect(results[0].1.count < 100_000)
  }

  @Test func `sentences and counts of all ranks come to rank 0`() async {
    let told = await ThreadCommunicator.run(2) { ranks -> ([String], Int) in
      let queue = WorkQueue<Int>(0..<10, among: ranks)
      var (notes, finished): ([String], Int) = ([], 0)
      func listen() {
        let news = queue.news()
        notes += news.notes
        finished += news.finished
      }
      _ = try? queue.run {
        while let item = queue.take()?.lowerBound {
          queue.note("item \(item)")
          queue.finish(item, item)
          Thread.sleep(forTimeInterval: 0.002)
          if ranks.isFirst { listen() }
        }
      } waiting: {
        listen()
      }
      if ranks.isFirst { listen() }
      return (notes, finished)
    }
    #expect(Set(told[0].0) == Set((0..<10).map { "item \($0)" }) && told[0].0.count == 10)
    #expect(told[0].1 == 10)
  }

  @Test func `an error of rank 0's own work comes out`() async {
    struct Failure: Error {}
    let failed = await ThreadCommunicator.run(2) { ranks in
      let queue = WorkQueue<Int>(0..<2, among: ranks)
      guard ranks.isFirst else { return true }
      do {
        _ = try queue.run {
          throw Failure()
        } waiting: {
        }
        return false
      } catch {
        return error is Failure
      }
    }
    #expect(failed == [true, true])
  }

  @Test func `messages come in their order, whatever their lengths`() async {
    let lengths = [0, 1, 1_000_000, 3]
    let received = await ThreadCommunicator.run(3) { ranks -> [[Int]] in
      guard ranks.isFirst else {
        for length in lengths {
          ranks.send(Array(repeating: UInt8(ranks.rank), count: length), to: 0)
        }
        return []
      }
      return [2, 1].map { rank in
        lengths.map { _ in
          let bytes = ranks.receive(from: rank)
          return bytes.allSatisfy { $0 == UInt8(rank) } ? bytes.count : -1
        }
      }
    }
    #expect(received[0] == [lengths, lengths])
  }
}
