internal import Compiler
internal import Diffusion
internal import Files
import Foundation
package import PNGCodec
package import SystemPackage

/// How a PNG was made: what made it, and facts that tell it from others of the same kind.
///
/// In the file it is a text chunk that people can read, "generate; index 0; step 3000; weights 1f0c…; seed 0".
package struct Provenance: Codable, Equatable, Sendable {
  /// A name with a value.
  package struct Fact: Codable, Equatable, Sendable {
    package let name: String
    /// Nil where the name says it all.
    package let value: String?

    fileprivate var text: String { value.map { "\(name) \($0)" } ?? name }
  }

  /// The text chunk's keyword.
  package static let keyword = "Stipple"

  /// What made it: generate, vary, inpaint, denoise.
  package let work: String
  /// In their order.
  package let facts: [Fact]

  package init(_ work: String, _ facts: [(String, String)]) {
    let isPlain = facts.allSatisfy { name, value in
      !name.utf8.contains(UInt8(ascii: " ")) && !value.utf8.contains(UInt8(ascii: ";"))
    }
    if isPlain {
      self.init(work: work, facts: facts.map { Fact(name: $0.0, value: $0.1) })
    } else {
      // As it will be read from the text.
      self.init(text: ([work] + facts.map { "\($0.0) \($0.1)" }).joined(separator: "; "))
    }
  }

  /// Reads the text of a chunk.
  init(text: String) {
    let parts = text.components(separatedBy: "; ")
    let facts = parts.dropFirst().map { part in
      let words = part.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
      return Fact(name: String(words[0]), value: words.count > 1 ? String(words[1]) : nil)
    }
    self.init(work: parts[0], facts: facts)
  }

  private init(work: String, facts: [Fact]) { (self.work, self.facts) = (work, facts) }

  /// That of a PNG with a header; nil where it is not of Stipple's making. Long ones need the file.
  package init?(of header: PNGHeader) {
    guard let text = header.texts.first(where: { $0.keyword == Self.keyword }) else { return nil }
    self.init(text: text.text)
  }

  /// Reads that of the PNG at `path`; nil where it is not of Stipple's making.
  package init?(of path: FilePath) throws(PNGError) {
    guard let chunk = try PNGReader.text(of: path).first(where: { $0.keyword == Self.keyword })
    else { return nil }
    self.init(text: chunk.text)
  }

  /// The same with one more fact.
  package func adding(_ name: String, _ value: String) -> Self {
    Self(work: work, facts: facts + [Fact(name: name, value: value)])
  }

  /// The text of the chunk.
  package var text: String {
    ([work] + facts.map(\.text)).joined(separator: "; ")
  }

  /// The chunks to write.
  package var chunks: [PNGText] {
    [PNGText(Self.keyword, text), PNGText("Software", "Stipple")]
  }

  /// The value of the first fact of a name.
  package func value(of name: String) -> String? { facts.first { $0.name == name }?.value }

  /// The provenance of the picture at `path`; nil where there is none, or one that is to be replaced.
  ///
  /// - Parameters:
  ///   - end: the fact before which it has to agree with this one; nil where all facts have to.
  ///   - overwriting: whether another picture may be replaced.
  /// - Throws: `OutputError` where it does not agree, or is not of Stipple's making.
  package func found(
    at path: FilePath, before end: String? = nil, overwriting: Bool
  ) throws -> Provenance? {
    guard try Folders.exists(path) else { return nil }
    if Folders.isFolder(path) { throw OutputError.isFolder(path, option: nil) }
    // What cannot be read is not of Stipple's making either.
    let found = try? Provenance(of: path)
    if let found, found.agrees(with: self, before: end) { return found }
    if overwriting { return nil }
    throw Self.refusal(at: path, found: found, expected: self)
  }

  /// Whether the picture at `path` is the one that this describes.
  ///
  /// - Parameters:
  ///   - count: the fact from which on it may differ, and is replaced where it counts fewer; nil for none.
  ///   - overwriting: whether any picture may be replaced.
  /// - Throws: `OutputError` where there is one that may not be replaced.
  package func isThere(
    at path: FilePath, replacingFewer count: String? = nil, overwriting: Bool
  ) throws -> Bool {
    let found = try found(at: path, before: count, overwriting: overwriting)
    if found == nil || found == self { return found != nil }
    if overwriting || number(of: count) > found?.number(of: count) ?? 0 { return false }
    throw Self.refusal(at: path, found: found, expected: self)
  }

  private func number(of name: String?) -> Int { name.flatMap(value(of:)).flatMap { Int($0) } ?? 0 }

  private func agrees(with other: Provenance, before end: String?) -> Bool {
    work == other.work
      && facts.prefix { $0.name != end }.elementsEqual(other.facts.prefix { $0.name != end })
  }
}

extension DiffusionModel {
  /// What tells this model's images from another's.
  package var facts: [(String, String)] {
    [("step", String(step)), ("weights", fingerprint)]
  }
}
