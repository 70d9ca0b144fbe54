/// Rows of words, numbers and pictures in a page.
package struct Table: Sendable {
  package enum Cell: Sendable {
    case text(String)
    case html(HTML)
  }

  let header: [String]
  let rows: [[Cell]]
  /// The first column of numbers, which stand at the right; nil for none.
  let numbersFrom: Int?

  package init(_ header: [String], rows: [[Cell]], numbersFrom: Int? = nil) {
    (self.header, self.rows, self.numbersFrom) = (header, rows, numbersFrom)
  }

  /// The table in a box that scrolls where the page is narrow.
  package var html: HTML {
    func kind(_ column: Int) -> String? { numbersFrom.map { column >= $0 } == true ? "n" : nil }
    let head = header.enumerated().map {
      HTML.tag("th", ["scope": "col", "class": kind($0)], HTML($1))
    }
    let body = rows.map { row in
      HTML.tag(
        "tr",
        row.enumerated().map { column, cell in
          let content: HTML =
            switch cell {
            case .text(let text): HTML(text)
            case .html(let html): html
            }
          return column == 0
            ? .tag("th", ["scope": "row", "class": kind(column)], content)
            : .tag("td", ["class": kind(column)], content)
        })
    }
    return .tag(
      "div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": "Table"],
      .tag("table", .tag("thead", .tag("tr", head)), .tag("tbody", body)))
  }
}
