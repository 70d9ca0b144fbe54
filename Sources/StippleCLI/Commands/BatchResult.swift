import ArgumentParser
import Stipple
import SystemPackage

/// What a command has made of a folder's images: its last words, its JSON and its exit status.
struct BatchResult: Encodable {
  var written = 0
  var skipped = 0
  var failed: [String] = []
  var missing = 0
  /// Animations, whose still image alone was used.
  var animations = 0

  /// Says how many there are now.
  func note(_ thing: String = "image", in output: FilePath) {
    Console.note(
      "\(counted(written, thing)) written to \(output)"
        + (skipped > 0 ? ", \(skipped) were there" : "")
        + (failed.isEmpty ? "" : ", \(failed.count) left out")
        + (animations == 0 ? "" : "; still images of \(counted(animations, "animation"))"))
  }

  /// Ends a command that has nothing to add: with status 3 where images were left out.
  func finish(_ thing: String = "image", in output: FilePath, asJSON: Bool) throws {
    note(thing, in: output)
    if asJSON { try Console.result(self) }
    try Interrupts.exitIfRequested()
    if !failed.isEmpty { throw ExitCode(3) }
  }
}

extension BatchResult {
  /// What a job has made of a number of images.
  init(_ outcome: BatchOutcome, of total: Int) {
    self.init(
      written: outcome.written, skipped: outcome.skipped, failed: outcome.failures,
      missing: total - outcome.written - outcome.skipped, animations: outcome.animations)
  }
}
