import Foundation

/// Numbers as people read them.
package enum Readable {
  /// "71.2 MB".
  package static func bytes(_ count: Int) -> String {
    if count < 1000 { return "\(count) bytes" }
    return scaled(Double(count), ["", "kB", "MB", "GB", "TB"])
  }

  /// "24.1 GB", of any amount.
  package static func memory(_ bytes: Double) -> String {
    bytes == 1
      ? "1 byte" : scaled(bytes, ["bytes", "kB", "MB", "GB", "TB", "PB", "EB"])
  }

  /// "4.44 million".
  package static func count(_ count: Int) -> String {
    if count < 100_000 { return grouped(count) }
    return scaled(Double(count), ["", "thousand", "million", "billion"])
  }

  /// "6.5 Gflop".
  package static func operations(_ count: Int) -> String {
    scaled(Double(count), ["flop", "kflop", "Mflop", "Gflop", "Tflop", "Pflop"])
  }

  /// "4,440,003".
  package static func grouped(_ count: Int) -> String {
    let digits = Array(String(count.magnitude))
    var text = count < 0 ? "-" : ""
    for (position, digit) in digits.enumerated() {
      if position > 0, (digits.count - position) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return text
  }

  /// Four digits that count: "0.03125", "999", "1.2e-05".
  package static func number(_ value: Double) -> String { String(format: "%.4g", value) }

  /// "0.60": a part of 1.
  package static func share(_ value: Double) -> String { String(format: "%.2f", value) }

  /// "12 %", "0.4 %", of a part of 1.
  package static func percent(_ part: Double) -> String {
    String(format: part < 0.00995 ? "%.1f %%" : "%.0f %%", part * 100)
  }

  /// Four digits that count, zeros too: "3.980".
  package static func norm(_ value: Double) -> String { String(format: "%#.4g", value) }

  /// "64 x 3 x 3 x 3".
  package static func shape(_ shape: [Int]) -> String {
    shape.map(String.init).joined(separator: " x ")
  }

  /// "32 x 32, RGB".
  package static func image(_ width: Int, _ height: Int, _ channels: Int) -> String {
    "\(width) x \(height), \(Readable.channels(channels))"
  }

  /// "RGB".
  package static func channels(_ channels: Int) -> String {
    let names = [1: "grayscale", 3: "RGB", 4: "RGBA"]
    return names[channels] ?? counted(channels, "channel")
  }

  /// All of a few words, or the first and the last of many.
  package static func list(_ words: [String]) -> String {
    if words.count <= 9 { return words.joined(separator: ", ") }
    return words.prefix(4).joined(separator: ", ") + " … "
      + words.suffix(2).joined(separator: ", ") + " (\(words.count))"
  }

  /// Words with commas between them, in lines that a terminal of 80 columns has room for beside a label.
  package static func lines(_ words: [String]) -> [String] {
    filled(words.enumerated().map { $0 + 1 < words.count ? $1 + "," : $1 })
  }

  /// A sentence in such lines.
  package static func wrapped(_ text: String) -> [String] {
    filled(text.split(separator: " ").map(String.init))
  }

  private static func filled(_ words: [String]) -> [String] {
    var lines: [String] = []
    for word in words {
      if let last = lines.last, last.count + 1 + word.count <= 68 {
        lines[lines.count - 1] += " " + word
      } else {
        lines.append(word)
      }
    }
    return lines
  }

  /// Three digits that count and a unit, one for each thousandfold.
  private static func scaled(_ value: Double, _ units: [String]) -> String {
    var (value, unit) = (value, 0)
    while value >= 999.5, unit + 1 < units.count {
      value /= 1000
      unit += 1
    }
    return String(format: "%.3g \(units[unit])", value)
  }
}
