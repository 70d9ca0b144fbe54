/// Words that were meant by misspelled ones.
public enum Spelling {
  /// The word that is spelled most like another; nil where none is near.
  public static func nearest(to word: String, among words: [String]) -> String? {
    let nearest = words.map { ($0, edits(Array(word), Array($0))) }.min { $0.1 < $1.1 }
    return nearest.flatMap { $0.1 <= max(word.count < 5 ? 1 : 2, word.count / 4) ? $0.0 : nil }
  }

  /// Letters to insert, remove or replace between two words (Levenshtein's distance).
  private static func edits(_ a: [Character], _ b: [Character]) -> Int {
    var row = Array(0...b.count)
    for (i, letter) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, other) in b.enumerated() {
        let cost = min(diagonal + (letter == other ? 0 : 1), row[j] + 1, row[j + 1] + 1)
        (diagonal, row[j + 1]) = (row[j + 1], cost)
      }
    }
    return row[b.count]
  }
}
