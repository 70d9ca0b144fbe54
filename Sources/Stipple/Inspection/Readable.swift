internal import Diffusion
import Foundation

/// Numbers as people read them.
enum Readable {
  /// "71.2 MB".
  static func bytes(_ count: Int) -> String {
    if count < 1000 { return "\(count) bytes" }
    return scaled(Double(count), ["", "kB", "MB", "GB", "TB"])
  }

  /// "24.1 GB", of any amount.
  static func memory(_ bytes: Double) -> String {
    scaled(bytes, ["bytes", "kB", "MB", "GB", "TB", "PB", "EB"])
  }

  /// "4.44 million".
  static func count(_ count: Int) -> String {
    if count < 100_000 { return grouped(count) }
    return scaled(Double(count), ["", "thousand", "million", "billion"])
  }

  /// "6.5 Gflop".
  static func operations(_ count: Int) -> String {
    scaled(Double(count), ["flop", "kflop", "Mflop", "Gflop", "Tflop", "Pflop"])
  }

  /// "4,440,003".
  static func grouped(_ count: Int) -> String {
    let digits = Array(String(count.magnitude))
    var text = count < 0 ? "-" : ""
    for (position, digit) in digits.enumerated() {
      if position > 0, (digits.count - position) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return text
  }

  /// Four digits that count: "0.03125", "999", "1.2e-05".
  static func number(_ value: Double) -> String { String(format: "%.4g", value) }

  /// "0.60": a part of 1.
  static func share(_ value: Double) -> String { String(format: "%.2f", value) }

  /// Four digits that count, zeros too: "3.980".
  static func norm(_ value: Double) -> String { String(format: "%#.4g", value) }

  /// "64 x 3 x 3 x 3".
  static func shape(_ shape: [Int]) -> String {
    shape.map(String.init).joined(separator: " x ")
  }

  /// "32 x 32, RGB".
  static func image(_ width: Int, _ height: Int, _ channels: Int) -> String {
    let names = [1: "grayscale", 3: "RGB", 4: "RGBA"]
    return "\(width) x \(height), \(names[channels] ?? counted(channels, "channel"))"
  }

  /// All of a few words, or the first and the last of many.
  static func list(_ words: [String]) -> String {
    if words.count <= 9 { return words.joined(separator: ", ") }
    return words.prefix(4).joined(separator: ", ") + " … "
      + words.suffix(2).joined(separator: ", ") + " (\(words.count))"
  }

  /// "linear, 1000 timesteps, beta 0.0001 to 0.02".
  static func schedule(_ schedule: NoiseSchedule.Configuration) -> String {
    let steps = "\(schedule.kind.rawValue), \(counted(schedule.timesteps, "timestep"))"
    let end = schedule.endsInNoise ? ", zero terminal SNR" : ""
    if !schedule.kind.hasEnds && schedule.kind != .listed { return steps + end }
    return steps + ", beta \(number(schedule.betaStart)) to \(number(schedule.betaEnd))" + end
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
