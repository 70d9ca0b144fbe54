internal import Checkpoints
internal import Files
import Foundation
package import SystemPackage

/// A CSV file with a row for each of some steps, the step in the first column.
///
/// Rows are appended as they come. A run that goes on from a checkpoint first takes away the rows
/// past it, so that the file reads as if the run had never stopped.
package final class MetricsFile {
  private let path: FilePath
  private let descriptor: FileDescriptor
  /// Bytes of whole rows in the file.
  private var length: Int
  /// How many values its rows have beside the step.
  private let width: Int
  private var pending: [UInt8] = []
  /// The step of the last row that was kept; 0 where there was none.
  private(set) var lastKept = 0

  /// Opens the file, keeps the header and the rows of steps up to `step`, and writes the header
  /// where there is none.
  ///
  /// - Parameter older: the first so many columns, or more of them, were all that older versions wrote; their
  ///   files go on with these.
  /// - Throws: `RunError.cannotContinue` where the file has other columns.
  package init(_ path: FilePath, columns: [String], older: Int? = nil, keepingUpTo step: Int) throws
  {
    self.path = path
    func header(_ columns: ArraySlice<String>) -> [UInt8] {
      Array((columns.joined(separator: ",") + "\n").utf8)
    }
    descriptor = try RegularFile.open(path, .readWrite, options: [.create, .append])
    length = 0
    do {
      let content = Data(try RegularFile.bytes(of: path))
      let own =
        ((older ?? columns.count)...columns.count).map { columns.prefix($0) }
        .first { content.starts(with: header($0)) } ?? columns[...]
      width = own.count - 1
      guard let kept = lengthKept(of: content, header(own), upTo: step) else {
        throw RunError.cannotContinue(path, cause: "it has other columns; move it away")
      }
      length = kept
      if length == 0 { pending = header(own) }
      if kept < content.count { try cut() }
    } catch {
      try? descriptor.close()
      throw error
    }
  }

  deinit { try? descriptor.close() }

  /// How much of the file are its header and whole rows of steps up to `step`; nil where its header
  /// is another.
  private func lengthKept(of content: Data, _ header: [UInt8], upTo step: Int) -> Int? {
    if content.count < header.count { return header.starts(with: content) ? 0 : nil }
    guard content.starts(with: header) else { return nil }
    var kept = header.count
    // What a stop cut off in the middle of a row has no end of line.
    while let end = content[kept...].firstIndex(of: UInt8(ascii: "\n")) {
      let digits = content[kept..<end].prefix { $0 != UInt8(ascii: ",") }
      guard let number = Int(String(decoding: digits, as: UTF8.self)), number <= step else { break }
      kept = end + 1
      lastKept = number
    }
    return kept
  }

  /// Takes away what lies behind the whole rows.
  private func cut() throws {
    if ftruncate(descriptor.rawValue, off_t(length)) != 0 {
      throw FileError(path, "could not be cut to the rows before the checkpoint")
    }
  }

  /// Adds a row; a value that there is not, or that is not finite, is left empty.
  package func append(_ step: Int, _ values: [Double?]) {
    let cells = values.prefix(width).map { value in
      guard let value, value.isFinite else { return "" }
      return value == value.rounded() && abs(value) < 1e15
        ? "\(Int(value))" : String(format: "%.7g", value)
    }
    pending += ([String(step)] + cells).joined(separator: ",").utf8
    pending.append(UInt8(ascii: "\n"))
  }

  /// Hands the rows to the system. Those that it does not take are kept for the next time.
  ///
  /// - Parameter isDurable: whether to wait until they are on the disk.
  package func flush(isDurable: Bool = false) throws {
    do {
      _ = try descriptor.writeAll(pending)
    } catch {
      // A part of them may have been written.
      try? cut()
      throw FileError(path, "could not be written", error)
    }
    length += pending.count
    pending = []
    if isDurable { _ = fsync(descriptor.rawValue) }
  }
}
