/// How far work of several stages is, each with a progress of its own.
final class ProgressByStage {
  private var stage: (what: String, line: Progress)?

  /// Shows the state of the stage that is counted in `what`, where it is time to.
  func update(_ what: String, _ done: Int, _ total: Int, part: Double = 0) {
    if stage?.what != what {
      clear()
      stage = (what, Progress(what, total: total))
    }
    stage?.line.update(done, part: part)
  }

  /// Takes the line away, so that other text may follow.
  func clear() { stage?.line.clear() }

  /// Tells something without tearing the line.
  func note(_ line: String) {
    clear()
    Console.note(line)
  }
}
