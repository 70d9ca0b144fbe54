package import Files
import Foundation
package import SystemPackage

/// A table of numbers by step, such as `metrics.csv`, thinned while it is read: a million rows take half a
/// second and little memory. Rows that are added later are read by themselves.
package struct MetricsTable: Sendable {
  /// The columns beside the step, in their order.
  package private(set) var columns: [String] = []
  private var curves: [ThinnedCurve] = []
  /// The last value of each column.
  private var lastValues: [Double?] = []
  /// The last step of which there is a row.
  package private(set) var lastStep: Int?
  /// Bytes that have been read, up to the end of a row.
  private var offset = 0
  /// The first line.
  private var header: [UInt8] = []

  package init() {}

  /// A column's curve; an empty one where there is no such column.
  package subscript(column column: String) -> ThinnedCurve {
    columns.firstIndex(of: column).map { curves[$0] } ?? ThinnedCurve()
  }

  /// A column's last value.
  package func last(_ column: String) -> Double? {
    columns.firstIndex(of: column).flatMap { lastValues[$0] }
  }

  /// Reads the rows that are new; of a file that has become another, all of them. One that is not there has
  /// none.
  package mutating func update(from path: FilePath) throws(FileError) {
    guard try Folders.exists(path) else {
      self = MetricsTable()
      return
    }
    let (descriptor, size) = try RegularFile.openForReading(path)
    defer { try? descriptor.close() }
    do {
      try read(descriptor, size)
    } catch {
      throw FileError(path, "could not be read", error)
    }
  }

  private mutating func read(_ descriptor: FileDescriptor, _ size: Int) throws {
    var start = [UInt8](repeating: 0, count: header.count)
    let count = try start.withUnsafeMutableBytes { try descriptor.readAll(at: 0, into: $0) }
    if size < offset || count != header.count || start != header { self = MetricsTable() }
    var chunk = [UInt8](repeating: 0, count: 1 << 20)
    while offset < size {
      let count = try chunk.withUnsafeMutableBytes {
        try descriptor.readAll(at: offset, into: $0)
      }
      let taken = chunk.withUnsafeBufferPointer { take($0.extracting(..<count)) }
      // What has no end is being written, or is no table.
      if taken == 0 { return }
      offset += taken
    }
  }

  /// Takes whole lines, and gives their length.
  private mutating func take(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var start = 0
    for end in bytes.indices where bytes[end] == UInt8(ascii: "\n") {
      let line = UnsafeBufferPointer(rebasing: bytes[start..<end])
      if header.isEmpty { begin(line) } else { add(line) }
      start = end + 1
    }
    return start
  }

  private mutating func begin(_ line: UnsafeBufferPointer<UInt8>) {
    header = Array(line) + [UInt8(ascii: "\n")]
    columns = String(decoding: line, as: UTF8.self).split(
      separator: ",", omittingEmptySubsequences: false
    ).dropFirst().map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
    curves = columns.map { _ in ThinnedCurve() }
    lastValues = columns.map { _ in nil }
  }

  private mutating func add(_ line: UnsafeBufferPointer<UInt8>) {
    var (start, column, step) = (0, -1, 0)
    for end in 0...line.count where end == line.count || line[end] == UInt8(ascii: ",") {
      let value = start < end ? Number.parse(line, start..<end) : nil
      if column < 0 {
        guard let value, let whole = Int(exactly: value), whole >= 0 else { return }
        step = whole
        lastStep = whole
      } else if column < curves.count {
        lastValues[column] = value
        if let value { curves[column].add(step, value) }
      }
      column += 1
      start = end + 1
    }
  }
}

/// Decimal numbers.
private enum Number {
  /// The powers of ten that are exact.
  private static let powers = (0...22).map { pow(10, Double($0)) }

  /// A number of up to 18 digits; nil for what is none.
  static func parse(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Double? {
    var (mantissa, digits, exponent) = (UInt64(0), 0, 0)
    var at = range.lowerBound
    let isNegative = bytes[at] == UInt8(ascii: "-")
    if isNegative { at += 1 }
    var isFraction = false
    while at < range.upperBound {
      let byte = bytes[at]
      if byte == UInt8(ascii: "."), !isFraction {
        isFraction = true
      } else if byte >= 0x30, byte <= 0x39, digits < 18 {
        mantissa = mantissa * 10 + UInt64(byte - 0x30)
        digits += 1
        if isFraction { exponent -= 1 }
      } else {
        break
      }
      at += 1
    }
    if at < range.upperBound || digits == 0 {
      guard digits > 0, at + 1 < range.upperBound, bytes[at] | 0x20 == UInt8(ascii: "e"),
        let more = Int(
          String(
            decoding: UnsafeBufferPointer(rebasing: bytes[(at + 1)..<range.upperBound]),
            as: UTF8.self)), abs(more) < 400
      else {
        // A carriage return at the end of a line of another system.
        return at + 1 == range.upperBound && digits > 0 && bytes[at] == 13
          ? parse(bytes, range.lowerBound..<at) : nil
      }
      exponent += more
    }
    let value = Double(mantissa)
    let scaled =
      exponent < 0
      ? -exponent < powers.count ? value / powers[-exponent] : value * pow(10, Double(exponent))
      : value * (exponent < powers.count ? powers[exponent] : pow(10, Double(exponent)))
    return isNegative ? -scaled : scaled
  }
}
