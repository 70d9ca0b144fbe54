import Foundation

/// A page that stands alone: one file that asks for nothing from anywhere, and in which nothing runs but the
/// program's own script.
package struct Page: Sendable {
  /// The file's first bytes, by which it is known as Stipple's.
  package static let beginning = """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="generator" content="stipple
    """

  package let title: String
  /// The program and its version: `stipple 0.1.0`.
  let creator: String
  private let body: [HTML]

  /// - Parameter body: what is in it, from the header on.
  package init(title: String, creator: String, _ body: [HTML]) {
    (self.title, self.creator, self.body) = (title, creator, body)
  }

  /// The whole file.
  package var text: String {
    let version = HTML.escaped(String(creator.drop { $0 != " " }))
    let head: [HTML] = [
      .empty("meta", ["http-equiv": "Content-Security-Policy", "content": Self.policy]),
      .empty("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
      .empty("meta", ["name": "referrer", "content": "no-referrer"]),
      .tag("title", HTML(title)), .tag("style", .constant(PageStyle.text)),
    ]
    let lines =
      [Self.beginning + version + "\">"] + head.map(\.markup) + ["</head>", "<body>"]
      + body.map(\.markup)
      + [HTML.tag("script", .constant(PageScript.text)).markup, "</body>", "</html>", ""]
    return lines.joined(separator: "\n")
  }

  /// Nothing is loaded, sent or run but images within the page and the style and script of these hashes.
  static let policy =
    "default-src 'none'; img-src data:; style-src \(hash(PageStyle.text)); "
    + "script-src \(hash(PageScript.text)); base-uri 'none'; form-action 'none'"

  private static func hash(_ text: StaticString) -> String {
    let digest = SHA256.digest(Array("\(text)".utf8))
    return "'sha256-\(Data(digest).base64EncodedString())'"
  }
}
