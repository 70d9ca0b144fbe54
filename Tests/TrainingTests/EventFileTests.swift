import Foundation
import SystemPackage
import TestSupport
import Testing
import Training

/// Event files as TensorBoard reads them.
@Suite struct EventFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func open(keepingUpTo step: Int) throws -> EventFile {
    try EventFile(in: folder.path, keepingUpTo: step, at: 1.7e9)
  }

  private func write(_ steps: ClosedRange<Int>, after step: Int) throws {
    let file = try open(keepingUpTo: step)
    for step in steps {
      file.add(step, at: 1.7e9 + Double(step)) { summary in
        summary.add(1) {
          $0.add(1, text: "loss")
          $0.add(2, float: Float(step) / 2)
        }
      }
    }
    try file.flush()
  }

  private var path: FilePath {
    get throws { folder.path.appending(try #require(try folder.names().first)) }
  }

  /// The steps of the events, as records of a length, its checksum, data and their checksum.
  private func steps() throws -> [Int] {
    var rest = [UInt8](try Data(contentsOf: URL(filePath: path.string)))[...]
    var steps: [Int] = []
    while !rest.isEmpty {
      let count = rest.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
      let data = rest.dropFirst(12).prefix(count)
      // 1: double, 9 bytes; then 2: the step, a byte as long as it is small, where there is one.
      let body = Array(data.dropFirst(9))
      steps.append(body.first == 0x10 ? Int(body[1]) : 0)
      rest = rest.dropFirst(16 + count)
    }
    return steps
  }

  @Test func `the checksum is the known one`() {
    #expect(Checksum32C.value(Array("123456789".utf8)[...]) == 0xe306_9283)
  }

  @Test func `a run that goes on leaves out what comes after its checkpoint`() throws {
    try write(1...5, after: 0)
    #expect(try steps() == [0, 1, 2, 3, 4, 5])
    try write(4...7, after: 3)
    #expect(try steps() == [0, 1, 2, 3, 4, 5, 6, 7])
    #expect(try folder.names().count == 1)
    #expect(try open(keepingUpTo: 9).lastSteps == ["loss": 7])
  }

  @Test func `a record that was cut off anywhere is left out`() throws {
    try write(1...3, after: 0)
    let whole = try Data(contentsOf: URL(filePath: path.string))
    for count in stride(from: 0, to: whole.count, by: 7) {
      try whole.prefix(count).write(to: URL(filePath: path.string))
      try write(9...9, after: 5)
      let found = try steps()
      #expect(found.first == 0 && found.last == 9 && found.count <= 5, "\(count): \(found)")
    }
  }

  @Test func `a record that was changed ends what is kept`() throws {
    try write(1...3, after: 0)
    var bytes = [UInt8](try Data(contentsOf: URL(filePath: path.string)))
    bytes[bytes.count - 6] ^= 1
    try Data(bytes).write(to: URL(filePath: path.string))
    try write(4...4, after: 5)
    #expect(try steps() == [0, 1, 2, 4])
  }
}
