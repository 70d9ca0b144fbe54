import Foundation
import Testing

/// What the program can do, every user of the library can: it imports `Stipple` and none of its modules.
@Suite struct ImportTests {
  @Test func `the program imports the library alone`() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let modules = try FileManager.default.contentsOfDirectory(
      atPath: root.appending(path: "Sources").path)
    let others = Set(modules).subtracting(["Stipple", "CMemory", "COpenMP"])
    let program = root.appending(path: "Sources/StippleCLI")
    let files = try #require(FileManager.default.enumerator(atPath: program.path))
    var count = 0
    for case let name as String in files where name.hasSuffix(".swift") {
      count += 1
      let text = try String(contentsOf: program.appending(path: name), encoding: .utf8)
      for line in text.split(separator: "\n") {
        let words = line.split(separator: " ")
        guard let place = words.firstIndex(of: "import"), place <= 1, words.count > place + 1
        else { continue }
        #expect(!others.contains(String(words[place + 1])), "\(name): \(line)")
      }
    }
    #expect(count > 20)
  }
}
