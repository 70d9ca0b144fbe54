import Foundation

/// Where the values of an axis lie, and which of them are written beside it.
package struct Axis: Equatable, Sendable {
  package let range: ClosedRange<Double>
  /// Whether equal ratios are equally far.
  package let isLogarithmic: Bool

  /// - Parameter values: that lie on it; what is not positive has no place on a logarithmic one.
  package init(_ values: [Double], isLogarithmic: Bool = false, from least: Double? = nil) {
    let finite = values.filter { $0.isFinite && (!isLogarithmic || $0 > 0) }
    self.isLogarithmic = isLogarithmic && !finite.isEmpty
    let low = min(least ?? .infinity, finite.min() ?? 0)
    let high = max(least ?? -.infinity, finite.max() ?? 1)
    if self.isLogarithmic {
      let edge = high > low ? pow(high / low, 0.05) : 1.5
      range = (low / edge)...(high * edge)
    } else {
      let edge = high > low ? (high - low) * 0.05 : max(abs(high) * 0.5, 0.5)
      range = (least == nil ? low - edge : low)...(high + edge)
    }
  }

  /// Exactly from one end to the other.
  package init(exactly range: ClosedRange<Double>) {
    self.range =
      range.lowerBound < range.upperBound
      ? range : (range.lowerBound - 0.5)...(range.upperBound + 0.5)
    isLogarithmic = false
  }

  /// Where a value lies, 0 at the lower end and 1 at the upper.
  package func place(_ value: Double) -> Double {
    let (low, high) = (range.lowerBound, range.upperBound)
    if isLogarithmic { return log(max(value, low * 1e-3) / low) / log(high / low) }
    return (value - low) / (high - low)
  }

  /// Round values, about as many as asked for.
  package func ticks(_ wanted: Int = 5) -> [Double] {
    if isLogarithmic, range.upperBound / range.lowerBound > 4 { return logarithmicTicks(wanted) }
    let span = range.upperBound - range.lowerBound
    let raw = span / Double(wanted)
    let power = pow(10, floor(log10(raw)))
    let step = ([1, 2, 2.5, 5, 10].first { $0 * power >= raw * 0.99 } ?? 10) * power
    guard step > 0, step.isFinite else { return [] }
    let first = (range.lowerBound / step).rounded(.up)
    let last = (range.upperBound / step).rounded(.down)
    guard last >= first, last - first < 100 else { return [] }
    return stride(from: first, through: last, by: 1).map { $0 * step }
  }

  private func logarithmicTicks(_ wanted: Int) -> [Double] {
    let decades = Int(floor(log10(range.lowerBound)))...Int(ceil(log10(range.upperBound)))
    for factors in [[1.0, 2, 3, 5, 7], [1, 2, 5], [1, 3], [1]] {
      let ticks = decades.flatMap { decade in factors.map { $0 * pow(10, Double(decade)) } }
        .filter { range.contains($0) }
      if ticks.count <= wanted + 2 { return ticks }
    }
    let all = decades.map { pow(10, Double($0)) }.filter { range.contains($0) }
    let skip = max(1, all.count / wanted)
    return all.enumerated().filter { $0.offset % skip == 0 }.map(\.element)
  }

  /// A value beside an axis: "0.25", "20k", "1.5M", "0.00005", "1e-07".
  package static func label(_ value: Double) -> String {
    switch abs(value) {
    case 1e9...: String(format: "%.3g", value)
    case 1e6...: String(format: "%.4gM", value / 1e6)
    case 1e4...: String(format: "%.4gk", value / 1e3)
    case 1e-6..<1e-4: plainDecimal(value)
    default: String(format: "%.4g", value == 0 ? 0 : value)
    }
  }

  /// Four digits of a small value without an exponent.
  private static func plainDecimal(_ value: Double) -> String {
    let places = 3 - Int(floor(log10(abs(value))))
    var text = String(format: "%.\(places)f", value)
    while text.last == "0" { text.removeLast() }
    return text
  }
}
