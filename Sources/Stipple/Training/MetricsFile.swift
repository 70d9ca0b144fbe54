internal import Files
import Foundation
internal import SystemPackage

/// A CSV file with a row for each of some steps, the step in the first column.
///
/// Rows are appended as they come. A run that goes on from a checkpoint first takes away the rows
/// past it, so that the file reads as if the run had never stopped.
final class MetricsFile {
  private let path: FilePath
  private let descriptor: FileDescriptor
  private var pending: [UInt8] = []

  /// Opens the file, keeps the header and the rows of steps up to `step`, and writes the header
  /// where there is none.
  init(_ path: FilePath, columns: [String], keepingUpTo step: Int) throws {
    self.path = path
    let header = columns.joined(separator: ",")
    let old = (try? String(contentsOfFile: path.string, encoding: .utf8)) ?? ""
    // What a stop cut off in the middle of a line has no end of line and is dropped as well.
    let complete = old.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    let rows = complete.filter { line in
      Int(line.prefix { $0 != "," }).map { $0 <= step } ?? false
    }
    let kept = ([Substring(header)] + rows).joined(separator: "\n") + "\n"
    if kept != old { try AtomicFile.write(kept.utf8, to: path) }
    do {
      descriptor = try FileDescriptor.open(path, .writeOnly, options: [.append])
    } catch {
      throw FileError(path, "could not be opened", error)
    }
  }

  deinit { try? descriptor.close() }

  /// Adds a row; a value that there is not is left empty.
  func append(_ step: Int, _ values: [Double?]) {
    let cells = values.map { value in
      guard let value else { return "" }
      return value == value.rounded() && abs(value) < 1e15
        ? "\(Int(value))" : String(format: "%.7g", value)
    }
    pending += ([String(step)] + cells).joined(separator: ",").utf8
    pending.append(UInt8(ascii: "\n"))
  }

  /// Hands the rows to the system.
  func flush() throws {
    if pending.isEmpty { return }
    do {
      _ = try descriptor.writeAll(pending)
    } catch {
      throw FileError(path, "could not be written", error)
    }
    pending = []
  }
}
