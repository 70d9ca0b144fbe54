import Foundation
import Stipple
import Synchronization
import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Where text goes: results to standard output, everything else to standard error.
///
/// What is for people has its control characters written out, JSON has every character as it is.
enum Console {
  private static let silence = Atomic<Bool>(false)

  /// Whether nothing is written but errors: another process tells of the work.
  static var isSilent: Bool {
    get { silence.load(ordering: .relaxed) }
    set { silence.store(newValue, ordering: .relaxed) }
  }

  /// Writes a line of the result, with flags for settings.
  ///
  /// - Throws: `FileError` where standard output does not take it.
  static func result(_ line: String) throws {
    try write(PrintableText.escaped(FlagNames.written(line)) + "\n", to: STDOUT_FILENO)
  }

  /// Writes a text of several lines as the result.
  ///
  /// - Throws: `FileError` where standard output does not take it.
  static func resultLines(_ text: String) throws {
    try write(PrintableText.escaped(text, keepsLines: true) + "\n", to: STDOUT_FILENO)
  }

  /// Writes one JSON object as the result.
  ///
  /// - Throws: `FileError` where standard output does not take it.
  static func result(_ value: some Encodable) throws {
    try write(try JSONText.encode(value) + "\n", to: STDOUT_FILENO)
  }

  /// Tells the user something, in one line, with flags for settings.
  static func note(_ line: String) {
    tell(PrintableText.escaped(FlagNames.written(line)) + "\n")
  }

  /// Tells the user something in several lines.
  static func noteLines(_ text: String) {
    tell(PrintableText.escaped(text, keepsLines: true) + "\n")
  }

  /// Writes to standard error as it is. Where that fails there is nobody to tell.
  static func tell(_ text: String) { try? write(text, to: STDERR_FILENO) }

  /// Whether somebody watches standard error on a terminal that can go back in a line.
  static var isWatched: Bool {
    isatty(STDERR_FILENO) != 0 && getenv("TERM").map { strcmp($0, "dumb") != 0 } ?? true
  }

  /// How many characters the terminal of standard error has in a row, as it is now; nil where nothing
  /// says so.
  static var width: Int? {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  /// The pixels that pictures have room for on the terminal of standard error.
  static var room: (width: Int, height: Int) {
    var size = winsize()
    _ = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size)
    // Where a terminal does not tell its pixels, a character has about 8 x 16.
    let (columns, rows) = (
      size.ws_col > 0 ? Int(size.ws_col) : 80, size.ws_row > 0 ? Int(size.ws_row) : 24
    )
    let width = size.ws_xpixel > 0 ? Int(size.ws_xpixel) : 8 * columns
    let height = size.ws_ypixel > 0 ? Int(size.ws_ypixel) : 16 * rows
    return (width - width / columns, height - 3 * height / max(4, rows))
  }

  /// Whether the locale does not say that characters beyond ASCII are another encoding's.
  static let showsUnicode: Bool = {
    let environment = ProcessInfo.processInfo.environment
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }
      .first { !$0.isEmpty }
    return locale.map { $0.lowercased().replacing("-", with: "").contains("utf8") } ?? true
  }()

  private static func write(_ text: String, to descriptor: Int32) throws(FileError) {
    if isSilent { return }
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if written > 0 {
        rest = rest.dropFirst(written)
      } else if errno == EAGAIN {
        try waitForRoom(descriptor)
      } else if errno != EINTR {
        throw failure(descriptor)
      }
    }
  }

  /// Waits until a pipe whose other end does not make it wait has room again.
  private static func waitForRoom(_ descriptor: Int32) throws(FileError) {
    var state = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    // A signal that asks for an end also ends the wait for a reader that may never come.
    if poll(&state, 1, -1) < 0, errno != EINTR || Interrupts.isRequested {
      throw failure(descriptor)
    }
  }

  private static func failure(_ descriptor: Int32) -> FileError {
    FileError(
      descriptor == STDOUT_FILENO ? "standard output" : "standard error", "could not be written")
  }
}
