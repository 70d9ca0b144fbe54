import Distributed
import Testing

/// What every communicator promises, on ranks that are threads.
@Suite struct CommunicatorTests {
  @Test(arguments: [1, 2, 3, 5], [TransferType.float32, .bfloat16])
  func `each rank has the means of its piece, and all have all when they are gathered`(
    size: Int, type: TransferType
  ) async {
    // Ranks do not divide it.
    let first = (0..<601).map { Float($0 - 300) / 7 }
    let means = await ThreadCommunicator.run(size) { ranks in
      var values = first.map { $0 + Float(ranks.rank) * 0.1 }
      let before = values
      values.withUnsafeMutableBufferPointer { ranks.startMean($0, as: type).wait() }
      for (rank, piece) in ranks.pieces(of: values.count).enumerated() where rank != ranks.rank {
        #expect(values[piece] == before[piece])
      }
      values.withUnsafeMutableBufferPointer { ranks.startGather($0).wait() }
      return values
    }
    for mean in means { #expect(mean == means[0]) }
    for (i, value) in means[0].enumerated() {
      let expected = Double(i - 300) / 7 + 0.1 * Double(size - 1) / 2
      // bfloat16 rounds each value to a part in 256.
      let error = type == .float32 ? 1e-6 : 1.0 / 256
      #expect(abs(Double(value) - expected) < error * (abs(expected) + 0.1 * Double(size)))
    }
  }

  @Test(arguments: [TransferType.float32, .bfloat16])
  func `what is not finite stays so in a mean`(type: TransferType) async {
    // The last NaN has but the lowest bit of a mantissa.
    let odd: [Float] = [.nan, .infinity, -.infinity, Float(bitPattern: 0x7f80_0001)]
    let means = await ThreadCommunicator.run(2) { ranks in
      var values = ranks.rank == 0 ? odd : [1, 1, 1, 1]
      values.withUnsafeMutableBufferPointer { ranks.startMean($0, as: type).wait() }
      return values
    }
    let own = means[0][..<2] + means[1][2...]
    #expect(own.allSatisfy { !$0.isFinite }, "\(own)")
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

  @Test func `an error of any rank is known to all`() async {
    struct Missing: Error, CustomStringConvertible {
      var description: String { "nothing there" }
    }
    for failing in [[], [1], [0, 2]] {
      let found = await ThreadCommunicator.run(3) { ranks in
        do {
          return try ranks.everywhere {
            if failing.contains(ranks.rank) { throw Missing() }
            return "\(ranks.rank)"
          }
        } catch { return "\(error)" }
      }
      #expect(
        found == (failing.isEmpty ? ["0", "1", "2"] : Array(repeating: "nothing there", count: 3)))
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

  @Test func `processes do the same work, or none`() async {
    typealias Work = (program: String, command: String, arguments: [String])
    let usual: Work = ("stipple 1", "generate", ["-n", "4"])
    let cases: [(other: Work, cause: String?)] = [
      (usual, nil),
      (("stipple 2", "generate", ["-n", "4"]), "has other versions of the program than rank 0"),
      (
        ("stipple 1", "denoise", ["in"]),
        "runs another command than rank 0, which runs generate"
      ),
      (("stipple 1", "generate", ["-n", "5"]), "has other settings than rank 0"),
    ]
    for (other, cause) in cases {
      let errors = await ThreadCommunicator.run(3) { ranks -> String? in
        let own = ranks.rank == 1 ? other : usual
        do {
          try ProcessGroup(ranks).requireSame(
            program: own.program, command: own.command, arguments: own.arguments)
          return nil
        } catch { return "\(error)" }
      }
      let sentence = cause.map { "MPI: rank 1 \($0); all processes need the same" }
      #expect(errors == [sentence, sentence, sentence])
    }
  }
}
