import ArgumentParser
import Stipple
import SystemPackage

/// What a command has made of a number of images: its last words, its JSON and its exit status.
///
/// As JSON `images` with the counts, the same in all commands, and `failures`.
struct BatchResult: Encodable {
  var written = 0
  var skipped = 0
  /// Why images failed, each with its path.
  var failed: [String] = []
  var missing = 0
  /// Of these the ones that a signal has left.
  var unreached = 0
  /// Animations, whose still image alone was used.
  var animations = 0

  /// Says how many there are now, and how to go on where a signal to any process came before the last.
  func note(_ thing: String = "image", in output: FilePath) {
    if unreached > 0 {
      Console.note(
        "stopped with \(counted(unreached, thing)) left; run the same command again to resume")
    }
    Console.note(
      "\(counted(written, thing)) written to \(output)"
        + (skipped > 0 ? ", \(skipped) skipped (already exist)" : "")
        + (failed.isEmpty ? "" : ", \(failed.count) failed")
        + (animations == 0 ? "" : "; still images of \(counted(animations, "animation"))"))
  }

  /// Ends a command that has nothing to add: with status 3 where images failed.
  func finish(
    _ thing: String = "image", in output: FilePath, asJSON: Bool, by processes: ProcessGroup
  ) throws {
    note(thing, in: output)
    if asJSON { try Console.result(self) }
    try Interrupts.exitIfRequested(by: processes)
    if !failed.isEmpty { throw ExitCode(3) }
  }

  private enum CodingKeys: CodingKey { case images, failures }

  private struct Counts: Encodable {
    let written, skipped, failed, missing, unreached, animations: Int
  }

  /// Writes the counts and the failures into one object, to which a command may add.
  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    let counts = Counts(
      written: written, skipped: skipped, failed: failed.count, missing: missing,
      unreached: unreached, animations: animations)
    try container.encode(counts, forKey: .images)
    try container.encode(failed, forKey: .failures)
  }
}

extension BatchResult {
  /// What a job has made of a number of images.
  init(_ outcome: BatchOutcome) {
    self.init(
      written: outcome.written, skipped: outcome.skipped, failed: outcome.failures,
      missing: outcome.missing, unreached: outcome.unreached, animations: outcome.animations)
  }
}
