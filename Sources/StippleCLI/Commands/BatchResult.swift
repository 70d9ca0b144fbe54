import ArgumentParser
import SystemPackage

/// What a command has made of a folder's images: its last words, its JSON and its exit status.
struct BatchResult: Encodable {
  var written = 0
  var skipped = 0
  var failed: [String] = []
  var missing = 0

  /// Says how many there are now.
  func note(_ things: String = "images", in output: FilePath) {
    Console.note(
      "\(written) \(things) written to \(output)" + (skipped > 0 ? ", \(skipped) were there" : "")
        + (failed.isEmpty ? "" : ", \(failed.count) left out"))
  }

  /// Ends a command that has nothing to add: with status 3 where images were left out.
  func finish(_ things: String = "images", in output: FilePath, asJSON: Bool) throws {
    note(things, in: output)
    if asJSON { try Console.result(self) }
    try Interrupts.exitIfRequested()
    if !failed.isEmpty { throw ExitCode(3) }
  }
}
