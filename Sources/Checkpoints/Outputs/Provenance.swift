internal import Compiler
internal import Diffusion
internal import Files
import Foundation
package import PNGCodec
package import SystemPackage

/// How a PNG was made, as its text chunk `Stipple` tells: "generate; step 3000; weights 1f0c…; seed 0".
package struct Provenance: Equatable, Sendable {
  /// The text chunk's keyword.
  package static let keyword = "Stipple"

  /// What made it, and then names with values.
  package let text: String

  package init(_ work: String, _ facts: [(String, String)]) {
    text = ([work] + facts.map { "\($0.0) \($0.1)" }).joined(separator: "; ")
  }

  /// What the PNG at `path` tells; nil where it is not of Stipple's making.
  package init?(of path: FilePath) throws(PNGError) {
    guard let chunk = try PNGReader.text(of: path).first(where: { $0.keyword == Self.keyword })
    else { return nil }
    text = chunk.text
  }

  /// What made it: generate, vary, inpaint, denoise.
  package var work: String { text.components(separatedBy: "; ")[0] }

  /// Names with values, in their order.
  package var facts: [(String, String)] {
    text.components(separatedBy: "; ").dropFirst().map { fact in
      let parts = fact.split(separator: " ", maxSplits: 1).map(String.init)
      return (parts.first ?? "", parts.count > 1 ? parts[1] : "")
    }
  }

  /// Whether the picture that this tells of is at `path` already.
  ///
  /// - Parameters:
  ///   - variable: the fact from which on a picture may tell something else and be replaced; nil for none.
  ///   - overwriting: whether any picture may be replaced.
  /// - Throws: `OutputError.otherImage` where there is one that may not be replaced.
  package func isTold(
    by path: FilePath, replacingFrom variable: String? = nil, overwriting: Bool
  ) throws -> Bool {
    let found = try Self.found(at: path, expected: text, overwriting: overwriting) { found in
      if found == self { return true }
      guard let variable else { return false }
      let mark = "; \(variable) "
      return found.text.hasPrefix(text.components(separatedBy: mark)[0] + mark)
    }
    return found == self
  }

  /// What a picture that is at `path` tells; nil where there is none, or one that is to be replaced.
  ///
  /// - Parameters:
  ///   - expected: what it should tell, in words.
  ///   - overwriting: whether one that tells something else may be replaced.
  ///   - isExpected: whether what it tells will do.
  /// - Throws: `OutputError.otherImage` where it will not, or the picture is not of Stipple's making.
  package static func found(
    at path: FilePath, expected: String, overwriting: Bool, isExpected: (Provenance) -> Bool
  ) throws -> Provenance? {
    guard try Folders.exists(path) else { return nil }
    // What cannot be read is not of Stipple's making either.
    let found = try? Provenance(of: path)
    guard let found, isExpected(found) else {
      if overwriting { return nil }
      throw OutputError.otherImage(
        path, found: found?.text ?? "not made by Stipple", expected: expected)
    }
    return found
  }

  /// The chunks to write.
  package var chunks: [PNGText] {
    [PNGText(Self.keyword, text), PNGText("Software", "Stipple")]
  }
}

extension DiffusionModel {
  /// What tells this model's images from another's.
  package var facts: [(String, String)] {
    [("step", String(step)), ("weights", fingerprint)]
  }
}
