public import Files
import Foundation
public import SystemPackage
internal import Text

/// What there is to know of a model: a text in Markdown that lies in the model's file.
///
/// The first line is the title, the paragraph behind it what the model is for. Sections follow, of which one is
/// `Figures`, whose first paragraph has the figures that lists of models show.
public struct ModelCard: Equatable, Sendable {
  /// The whole text.
  public let text: String

  /// What an attribute of an HDF5 file has room for.
  private static let mostBytes = 60_000

  /// The card with a text.
  public init(text: String) { self.text = text }

  /// Reads a card from a file.
  ///
  /// - Throws: `<path>: <what failed>: <cause>` where it cannot be read, is empty or too long.
  public init(reading path: FilePath) throws(FileError) {
    let (descriptor, size) = try RegularFile.openForReading(path)
    defer { try? descriptor.close() }
    let failure = "could not be read as a model card"
    if size > Self.mostBytes {
      throw FileError(
        path, failure,
        cause: "it has \(size) bytes, and a model file has room for \(Self.mostBytes)")
    }
    var bytes = [UInt8](repeating: 0, count: size)
    do {
      let count = try bytes.withUnsafeMutableBytes { try descriptor.readAll(at: 0, into: $0) }
      bytes.removeLast(size - count)
    } catch {
      throw FileError(path, failure, error)
    }
    guard !bytes.contains(0), String(validating: bytes, as: UTF8.self) != nil else {
      throw FileError(path, failure, cause: "it is not a text in UTF-8")
    }
    text = PlainText.decoded(Data(bytes)).trimmingCharacters(in: .whitespacesAndNewlines)
    if text.isEmpty { throw FileError(path, failure, cause: "it is empty") }
  }

  /// The first line, without the marks of a heading.
  public var title: String { lines.first.map(Self.unmarked) ?? "" }

  /// The first paragraph behind the title, in one line; nil where a section begins there.
  public var purpose: String? {
    Self.paragraph(lines.dropFirst())
  }

  /// The first paragraph of the section `Figures`, in one line; nil where there is none.
  public var figures: String? {
    let section = lines.drop {
      !$0.hasPrefix("#") || Self.unmarked($0).lowercased() != "figures"
    }
    return Self.paragraph(section.dropFirst())
  }

  /// The first paragraph of some lines, in one line; nil where a section begins there.
  private static func paragraph(_ lines: ArraySlice<String>) -> String? {
    let paragraph = lines.drop { $0.isEmpty }.prefix { !$0.isEmpty && !$0.hasPrefix("#") }
    return paragraph.isEmpty ? nil : paragraph.joined(separator: " ")
  }

  private var lines: [String] {
    text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .map { $0.trimmingCharacters(in: .whitespaces) }
  }

  private static func unmarked(_ line: String) -> String {
    line.drop { $0 == "#" }.trimmingCharacters(in: .whitespaces)
  }
}
