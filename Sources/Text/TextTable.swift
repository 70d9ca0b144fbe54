/// Words in columns.
package struct TextTable {
  package enum Alignment {
    case left, right
  }

  private let alignments: [Alignment]
  private var rows: [[String]] = []

  package init(_ alignments: Alignment...) {
    self.alignments = alignments
  }

  /// Adds a row, which may have fewer words than there are columns.
  package mutating func append(_ words: String...) {
    precondition(words.count <= alignments.count, "more words than columns")
    rows.append(words)
  }

  /// The rows with two spaces between columns, each as wide as its longest word.
  package var lines: [String] {
    var widths = [Int](repeating: 0, count: alignments.count)
    for row in rows {
      for (column, word) in row.enumerated() { widths[column] = max(widths[column], word.count) }
    }
    return rows.map { row in
      let words = row.enumerated().map { column, word in
        let space = String(repeating: " ", count: widths[column] - word.count)
        return alignments[column] == .left ? word + space : space + word
      }
      let line = words.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }
}
