internal import Checkpoints
internal import Files
import Foundation
package import SystemPackage

/// A file of events as TensorBoard reads it: records, each with its length and the checksums of both (TFRecord).
///
/// Records are appended whole. One that a killed process left half written is cut off by the next, and readers
/// stop before it.
package final class EventFile {
  private let path: FilePath
  private let descriptor: FileDescriptor
  private var pending: [UInt8] = []
  /// Bytes of whole records in the file.
  private var length = 0
  /// The last step of each tag that the file was opened with.
  package private(set) var lastSteps: [String: Int] = [:]
  /// Whether there was nothing in it.
  var isNew: Bool { length == 0 }

  /// Opens the file of a folder, or makes one, and cuts off what comes with the first event of a later step
  /// than `step`.
  ///
  /// - Parameter seconds: the date, since 1970.
  package init(in folder: FilePath, keepingUpTo step: Int, at seconds: Double) throws {
    try Folders.make(folder)
    let found = try Folders.names(in: folder).filter { $0.hasPrefix("events.out.tfevents.") }.max()
    path = folder.appending(
      found ?? "events.out.tfevents.\(Int(seconds)).stipple")
    descriptor = try RegularFile.open(path, .readWrite, options: [.create, .append])
    do {
      let content = try RegularFile.bytes(of: path)
      length = keep(content, upTo: step)
      if length < content.count, ftruncate(descriptor.rawValue, off_t(length)) != 0 {
        throw FileError(path, "could not be cut to the events before the checkpoint")
      }
    } catch {
      try? descriptor.close()
      throw error
    }
    if isNew {
      var version = ProtocolBuffer()
      version.add(1, double: seconds)
      version.add(3, text: "brain.Event:2")
      append(version.bytes)
    }
  }

  deinit { try? descriptor.close() }

  /// Adds an event of one step with what `summary` has.
  package func add(_ step: Int, at seconds: Double, _ summary: (inout ProtocolBuffer) -> Void) {
    var event = ProtocolBuffer()
    event.add(1, double: seconds)
    event.add(2, integer: step)
    event.add(5, summary)
    append(event.bytes)
  }

  /// Hands the records to the system. Those that it does not take are kept for the next time.
  package func flush() throws {
    do {
      _ = try descriptor.writeAll(pending)
    } catch {
      _ = ftruncate(descriptor.rawValue, off_t(length))
      throw FileError(path, "could not be written", error)
    }
    length += pending.count
    pending = []
  }

  private func append(_ data: [UInt8]) {
    let count = ProtocolBuffer.littleEndian(UInt64(data.count))
    pending += count + ProtocolBuffer.littleEndian(Checksum32C.masked(count[...]))
    pending += data + ProtocolBuffer.littleEndian(Checksum32C.masked(data[...]))
  }

  /// How many bytes are whole records of steps up to `step`.
  private func keep(_ content: [UInt8], upTo step: Int) -> Int {
    var at = 0
    func number(_ range: Range<Int>) -> UInt64 {
      content[range].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
    while at + 16 <= content.count {
      let count = number(at..<(at + 8))
      guard count <= UInt64(content.count - at - 16) else { break }
      let data = content[(at + 12)..<(at + 12 + Int(count))]
      guard number((at + 8)..<(at + 12)) == Checksum32C.masked(content[at..<(at + 8)]),
        number(data.endIndex..<(data.endIndex + 4)) == Checksum32C.masked(data)
      else { break }
      let (eventStep, tags) = Self.summary(of: data)
      if eventStep > step { break }
      for tag in tags { lastSteps[tag] = eventStep }
      at = data.endIndex + 4
    }
    return at
  }

  /// An event's step, and the tags of its values.
  private static func summary(of data: ArraySlice<UInt8>) -> (step: Int, tags: [String]) {
    var (step, tags) = (0, [String]())
    var event = ProtocolBufferReader(data)
    while let (field, value) = event.next() {
      switch (field, value) {
      case (2, .integer(let number)): step = Int(truncatingIfNeeded: number)
      case (5, .bytes(let summary)):
        var values = ProtocolBufferReader(summary)
        while case (1, .bytes(let value))? = values.next() {
          var fields = ProtocolBufferReader(value)
          if case (1, .bytes(let tag))? = fields.next() {
            tags.append(String(decoding: tag, as: UTF8.self))
          }
        }
      default: break
      }
    }
    return (step, tags)
  }
}

/// CRC-32C (Castagnoli), as TFRecord masks it.
package enum Checksum32C {
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { value, _ in
      value & 1 == 1 ? value >> 1 ^ 0x82f6_3b78 : value >> 1
    }
  }

  package static func value(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var crc = ~UInt32(0)
    table.withUnsafeBufferPointer { table in
      for byte in bytes { crc = crc >> 8 ^ table[Int((crc ^ UInt32(byte)) & 0xff)] }
    }
    return ~crc
  }

  /// Turned by 15 bits, plus a constant.
  static func masked(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    let crc = value(bytes)
    return (crc >> 15 | crc << 17) &+ 0xa282_ead8
  }
}
