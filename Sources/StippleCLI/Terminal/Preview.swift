import ArgumentParser
import Foundation
import Stipple
import SystemPackage

/// Pictures among the lines on a terminal, for `--preview`.
struct Preview: Sendable {
  private let graphics: TerminalGraphics

  /// - Parameter isAsked: whether the user wants them.
  /// - Returns: nil where nobody does, where standard error is no terminal, and, with a word, where it is one that
  ///   shows none.
  init?(isAsked: Bool) {
    guard isAsked, isatty(STDERR_FILENO) != 0, !Console.isSilent else { return nil }
    guard let graphics = TerminalGraphics(environment: ProcessInfo.processInfo.environment) else {
      Console.note(
        "--preview: this terminal does not say that it shows pictures; \(TerminalGraphics.known) do"
      )
      return nil
    }
    self.graphics = graphics
  }

  /// Shows a file.
  ///
  /// - Returns: whether it could be read.
  @discardableResult
  func show(_ path: FilePath) -> Bool { show(InlinePicture(path)) }

  /// Shows the first of some images of one size in a grid.
  func show(grid paths: [FilePath]) { show(InlinePicture(grid: paths)) }

  @discardableResult
  private func show(_ picture: InlinePicture?) -> Bool {
    let room = Console.room
    guard let picture else { return false }
    Console.tell(picture.text(graphics, width: room.width, height: room.height))
    return true
  }
}

/// Whether pictures are shown on the terminal.
struct PreviewOption: ParsableArguments {
  @Flag(help: "Show pictures in the terminal (kitty, iTerm2 or sixel graphics).")
  var preview = false
}
