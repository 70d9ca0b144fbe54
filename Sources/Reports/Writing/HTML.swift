internal import Files

/// A piece of a page. All that comes in as a text or an attribute's value is escaped here, so that no name of
/// a file, a class or a setting can become markup; names of elements and attributes are constants.
package struct HTML: Sendable {
  /// As it stands in the page.
  package private(set) var markup: String

  private init(markup: String) { self.markup = markup }

  /// A text.
  package init(_ text: String) { markup = Self.escaped(text) }

  /// Several pieces, one behind the other.
  package init(_ pieces: [HTML]) { markup = pieces.map(\.markup).joined() }

  /// Lines of text, each on a line of its own within a `pre`.
  package static func joined(_ lines: [String]) -> HTML {
    HTML(markup: lines.map(escaped).joined(separator: "\n"))
  }

  /// An element with attributes, of which those that are nil are left out.
  package static func tag(
    _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String?>, _ content: [HTML]
  ) -> HTML {
    var markup = opening(name, attributes) + ">"
    for piece in content { markup += piece.markup }
    return HTML(markup: markup + "</\(name)>")
  }

  /// An element with attributes, of which those that are nil are left out.
  package static func tag(
    _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String?>, _ content: HTML...
  ) -> HTML {
    tag(name, attributes, content)
  }

  /// An element without attributes.
  package static func tag(_ name: StaticString, _ content: [HTML]) -> HTML {
    tag(name, [:], content)
  }

  /// An element without attributes.
  package static func tag(_ name: StaticString, _ content: HTML...) -> HTML {
    tag(name, [:], content)
  }

  /// An element that holds nothing, such as an image or a path.
  package static func empty(
    _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String?> = [:],
    isForeign: Bool = false
  ) -> HTML {
    HTML(markup: opening(name, attributes) + (isForeign ? "/>" : ">"))
  }

  /// What is written as it is: the program's own style and script.
  package static func constant(_ text: StaticString) -> HTML { HTML(markup: "\(text)") }

  /// Numbers and texts for the script, which the browser does not run.
  package static func data(_ json: String) -> HTML {
    // Within a script nothing is an entity; in JSON these may be written by their numbers.
    let safe = json.replacing("&", with: "\\u0026").replacing("<", with: "\\u003c")
      .replacing(">", with: "\\u003e")
    return HTML(markup: "<script type=\"application/json\">" + safe + "</script>")
  }

  private static func opening(
    _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String?>
  ) -> String {
    var markup = "<\(name)"
    for (name, value) in attributes {
      if let value { markup += " \(name)=\"" + escaped(value) + "\"" }
    }
    return markup
  }

  /// A text in which nothing is markup, and nothing commands: control characters and those that turn the
  /// direction of writing are written out.
  static func escaped(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy {
      $0 >= 0x20 && $0 < 0x7f && ![0x22, 0x26, 0x27, 0x3c, 0x3e].contains($0)
    }
    if isPlain { return text }
    var result = String.UnicodeScalarView()
    for scalar in PrintableText.escaped(text).unicodeScalars {
      switch scalar {
      case "&": result.append(contentsOf: "&amp;".unicodeScalars)
      case "<": result.append(contentsOf: "&lt;".unicodeScalars)
      case ">": result.append(contentsOf: "&gt;".unicodeScalars)
      case "\"": result.append(contentsOf: "&quot;".unicodeScalars)
      case "'": result.append(contentsOf: "&#39;".unicodeScalars)
      // What neither HTML nor XML allows.
      case _ where scalar.value & 0xfffe == 0xfffe || (0xfdd0...0xfdef).contains(scalar.value):
        result.append("\u{fffd}")
      default: result.append(scalar)
      }
    }
    return String(result)
  }
}

extension HTML: ExpressibleByStringInterpolation {
  package init(stringLiteral text: String) { self.init(text) }
}

/// Numbers and texts as JSON.
enum JSONWriting {
  /// A text in quotation marks.
  static func text(_ text: String) -> String {
    var result = "\""
    for scalar in PrintableText.escaped(text).unicodeScalars {
      if scalar == "\"" || scalar == "\\" { result += "\\" }
      result.unicodeScalars.append(scalar)
    }
    return result + "\""
  }
}
