import Distributed
import Testing

/// What every communicator promises, on ranks that are threads.
@Suite struct CommunicatorTests {
  @Test(arguments: [1, 2, 3, 5])
  func `a sum is the same on all ranks`(size: Int) async {
    let sums = await ThreadCommunicator.run(size) { ranks in
      var values = (0..<1000).map { Float($0) / 7 + Float(ranks.rank) * 0.1 }
      values.withUnsafeMutableBufferPointer { ranks.startSum($0).wait() }
      return values
    }
    for sum in sums { #expect(sum == sums[0]) }
    for (i, value) in sums[0].enumerated() {
      let expected =
        Double(size) * Double(i) / 7 + 0.1 * Double(size * (size - 1) / 2)
      #expect(abs(Double(value) - expected) < 1e-4 * max(1, expected))
    }
  }

  @Test func `values are gathered in order of the ranks`() async {
    let gathered = await ThreadCommunicator.run(3) { $0.gather([Double($0.rank), 0.5]) }
    #expect(gathered == Array(repeating: [0, 0.5, 1, 0.5, 2, 0.5], count: 3))
  }

  @Test func `bytes of rank 0 come to all, whatever these have`() async {
    let received = await ThreadCommunicator.run(3) { ranks in
      var bytes = [UInt8](repeating: UInt8(ranks.rank), count: 3 + ranks.rank)
      ranks.broadcast(&bytes)
      var values: [Float] = [Float(ranks.rank), 2]
      values.withUnsafeMutableBufferPointer { ranks.broadcast($0) }
      return (bytes, values)
    }
    for (bytes, values) in received {
      #expect(bytes == [0, 0, 0])
      #expect(values == [0, 2])
    }
  }

  @Test func `whether any rank says yes is known to all`() async {
    for yes in [[], [2], [0, 1, 2]] {
      let answers = await ThreadCommunicator.run(3) { $0.any(yes.contains($0.rank)) }
      #expect(answers == Array(repeating: !yes.isEmpty, count: 3))
    }
  }

  @Test func `what rank 0 finds is shared, its error too`() async {
    struct Missing: Error, CustomStringConvertible {
      var description: String { "nothing there" }
    }
    let found = await ThreadCommunicator.run(2) { ranks in
      let value = try? ranks.share { [ranks.rank, 7] }
      var text = ""
      do { _ = try ranks.share { () throws -> Int in throw Missing() } } catch { text = "\(error)" }
      return (value, text)
    }
    for (value, text) in found {
      #expect(value == [0, 7])
      #expect(text == "nothing there")
    }
  }

  @Test func `another text on one rank is an error on all, which names the rank`() async {
    let errors = await ThreadCommunicator.run(3) { ranks -> String in
      do { try ranks.requireSame("settings", ranks.rank == 2 ? "b" : "a") } catch {
        return "\(error)"
      }
      return ""
    }
    #expect(
      errors
        == Array(
          repeating: "MPI: rank 2 has other settings than rank 0; all processes need the same",
          count: 3))
  }
}
