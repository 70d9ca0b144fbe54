internal import Checkpoints

/// A page put together section by section: a header with what matters most, a list of the sections, and these.
package struct PageBuilder {
  /// A number that is asked for first.
  package struct Figure: Sendable {
    let name, value, more: String

    package init(_ name: String, _ value: String, _ more: String = "") {
      (self.name, self.value, self.more) = (name, value, more)
    }
  }

  /// What the page is about: "Training run".
  private let kind: String
  private let title: String
  /// Where that is, and when it was.
  package var subtitle: [String] = []
  /// What it comes to, in a sentence or two.
  package var verdict: [String] = []
  /// What to do next.
  package var advice: [Verdict.Advice] = []
  package var figures: [Figure] = []
  /// Where more can be found.
  package var notes: [String] = []
  private var sections: [(name: StaticString, title: String, content: [HTML])] = []

  package init(_ kind: String, title: String) { (self.kind, self.title) = (kind, title) }

  /// Adds a section, unless there is nothing in it.
  package mutating func add(_ name: StaticString, _ title: String, _ content: HTML?...) {
    let content = content.compactMap(\.self)
    if !content.isEmpty { sections.append((name, title, content)) }
  }

  /// Charts beside each other; nil where none has anything to show.
  package static func charts(_ charts: [Chart]) -> HTML? {
    let shown = charts.filter { !$0.isEmpty }
    return shown.isEmpty ? nil : .tag("div", ["class": "charts"], shown.map(\.figure))
  }

  /// Names with their values in columns; nil where there are none.
  package static func pairs(_ title: String, _ rows: [(String, String)]) -> HTML? {
    if rows.isEmpty { return nil }
    let list = rows.map { HTML.tag("li", .tag("span", HTML($0.0)), .tag("strong", HTML($0.1))) }
    return HTML([.tag("h3", HTML(title)), .tag("ul", ["class": "pairs"], list)])
  }

  /// Lines of text; nil where there are none. Of very many only the first are shown.
  package static func lines(
    _ lines: [String], most: Int = 200, class kind: StaticString = "facts"
  ) -> HTML? {
    if lines.isEmpty { return nil }
    let more = lines.count - most
    let shown = lines.prefix(most) + (more > 0 ? ["and \(more) more"] : [])
    return .tag("ul", ["class": "\(kind)"], shown.map { .tag("li", HTML($0)) })
  }

  package var page: Page {
    let links = sections.map { section in
      HTML.tag("li", .tag("a", ["href": "#\(section.name)"], HTML(section.title)))
    }
    let nav = HTML.tag("nav", ["aria-label": "Sections"], .tag("ul", links))
    let parts = sections.map { section in
      HTML.tag(
        "section", ["id": "\(section.name)", "aria-labelledby": "\(section.name)-title"],
        [.tag("h2", ["id": "\(section.name)-title"], HTML(section.title))] + section.content)
    }
    return Page(
      title: "\(title) – \(kind.lowercased())", creator: Machine.creator,
      [header, sections.count < 2 ? HTML([]) : nav, .tag("main", parts), footer])
  }

  private var header: HTML {
    var parts: [HTML] = [.tag("p", ["class": "over"], HTML(kind)), .tag("h1", HTML(title))]
    if !subtitle.isEmpty {
      parts.append(.tag("p", ["class": "sub"], HTML(subtitle.joined(separator: " · "))))
    }
    if !verdict.isEmpty {
      parts.append(.tag("p", ["class": "verdict"], HTML(verdict.joined(separator: " "))))
    }
    if !advice.isEmpty {
      let list = advice.map { advice in
        HTML.tag(
          "li", .tag("span", HTML(advice.purpose)),
          .tag("div", ["class": "command"], .tag("code", HTML(advice.command))))
      }
      parts.append(.tag("ul", ["class": "commands"], list))
    }
    if !figures.isEmpty {
      let list = figures.map { figure in
        HTML.tag(
          "li", .tag("span", HTML(figure.name)),
          .tag("strong", HTML(figure.value + " "), .tag("small", HTML(figure.more))))
      }
      parts.append(.tag("ul", ["class": "figures"], list))
    }
    return .tag("header", parts)
  }

  private var footer: HTML {
    let words = ["Made by \(Machine.creator)."] + notes
    return .tag("footer", .tag("p", HTML(words.joined(separator: " "))))
  }
}
