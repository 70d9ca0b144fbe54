import ArgumentParser
import Foundation
import Stipple
import SystemPackage

/// `stipple watch`
struct WatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch",
    abstract: "Follow a training run of another process or machine.",
    usage: "stipple watch RUN [--preview]",
    discussion: """
      Reads the tables, the log and the samples in the run folder, and changes nothing
      there. Waits for the run to start and exits when it ends: with status 0 if it
      finished or was stopped, 1 if it failed. Ctrl-C ends watching, not the run.
      """)

  @Argument(help: .text("Run folder.", "RUN"))
  var folder: FilePath

  @OptionGroup(title: "Output") var screen: PreviewOption

  func run() throws {
    Interrupts.listen()
    var watch = try RunWatch(RunFolder(folder))
    let preview = Preview(isAsked: screen.preview)
    var progress: Progress?
    defer { progress?.clear() }
    var shown: (step: Int?, sample: FilePath?) = (nil, nil)
    var isWaiting = false
    while true {
      for line in watch.update() { tell(line, progress) }
      if watch.state == .waiting, !isWaiting {
        Console.note("\(folder): waiting for the run to begin")
        isWaiting = true
      }
      if let step = watch.step {
        if progress == nil {
          Console.note(Self.standing(watch, step))
          progress = Progress("steps", total: watch.lastStep, first: step)
        }
        if step != shown.step || Console.isWatched {
          let course = watch.course
          progress?.update(
            step, watch.detail,
            more: Console.showsUnicode && !course.isEmpty ? " " + course : "")
        }
        shown.step = step
      }
      if let preview, let sample = watch.newestSample, sample != shown.sample {
        progress?.clear()
        // A file that is still being copied is shown the next time.
        if preview.show(sample) { shown.sample = sample }
      }
      if try isOver(watch, progress) { return }
      for _ in 0..<10 where !Interrupts.isRequested { usleep(100_000) }
      if Interrupts.isRequested {
        progress?.clear()
        return try Interrupts.exitIfRequested()
      }
    }
  }

  private func tell(_ line: String, _ progress: Progress?) {
    if let progress { progress.note(line) } else { Console.note(line) }
  }

  /// "step 1200 of 20000, loss 0.0312".
  private static func standing(_ watch: RunWatch, _ step: Int) -> String {
    let detail = watch.detail
    return "step \(step)" + (watch.lastStep.map { " of \($0)" } ?? "")
      + (detail.isEmpty ? "" : ", \(detail)")
  }

  /// Whether there is nothing to follow any more.
  ///
  /// - Throws: where the run has not ended as it should.
  private func isOver(_ watch: RunWatch, _ progress: Progress?) throws -> Bool {
    switch watch.state {
    case .waiting, .running: return false
    case .finished, .stopped:
      let steps = watch.step.map { " after \(counted($0, "step"))" } ?? ""
      progress?.clear()
      Console.note(
        watch.state == .finished
          ? "\(folder): the run is finished\(steps)" : "\(folder): the run was stopped\(steps)")
      return true
    case .failed(let cause):
      progress?.clear()
      throw WatchError(text: "\(folder): the run has ended: \(cause)")
    case .deleted:
      progress?.clear()
      throw WatchError(text: "\(folder): the run folder was deleted")
    }
  }

  private struct WatchError: Error, CustomStringConvertible {
    let text: String
    var description: String { text }
  }
}
