#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The outline of a leaf: a distance from its center for each direction.
struct LeafShape {
  let center: Point
  /// No point of the leaf is further away.
  let reach: Double
  private let form: Form

  private enum Form {
    case disc
    /// Half a diagonal is the reach.
    case rectangle(half: Point, heading: Point)
    /// Corners at equal angles, turned.
    case polygon(corners: Int, turn: Double)
    /// A circle whose radius swings: amplitude and phase of the frequencies from 2 on.
    case blob([(amplitude: Double, phase: Double)])
    /// As long as the reach, of a width.
    case bar(half: Double, heading: Point)
  }

  init(center: Point, reach: Double, _ numbers: inout Numbers) {
    (self.center, self.reach) = (center, reach)
    let turn = numbers.uniform(in: 0...(2 * .pi))
    switch numbers.uniform() {
    case ..<0.3: form = .disc
    case ..<0.5:
      let angle = numbers.uniform(in: 0.2...1.37)
      form = .rectangle(
        half: Point(cos(angle), sin(angle)) * reach,
        heading: numbers.chance(0.4) ? Point(1, 0) : heading(turn))
    case ..<0.65: form = .polygon(corners: 3 + numbers.index(below: 5), turn: turn)
    case ..<0.92:
      form = .blob(
        (2..<7).map { frequency in
          (
            numbers.uniform(in: 0...0.35) / Double(frequency - 1),
            numbers.uniform(in: 0...(2 * .pi))
          )
        })
    default:
      form = .bar(
        half: reach * numbers.uniform(in: 0.02...0.1),
        heading: numbers.chance(0.4) ? Point(0, 1) : heading(turn))
    }
  }

  /// Whether a point lies on the leaf.
  func contains(_ point: Point) -> Bool {
    let p = point - center
    switch form {
    case .disc: return dot(p, p) < reach * reach
    case .rectangle(let half, let heading):
      return abs(dot(p, heading)) < half.x && abs(dot(p, quarterTurn(heading))) < half.y
    case .polygon(let corners, let turn):
      let sector = 2 * .pi / Double(corners)
      let angle = (atan2(p.y, p.x) - turn).remainder(dividingBy: sector)
      return length(p) * cos(angle) < reach * cos(sector / 2)
    case .blob(let waves):
      let angle = atan2(p.y, p.x)
      var (radius, most) = (1.0, 1.0)
      for (number, wave) in waves.enumerated() {
        radius += wave.amplitude * cos(Double(number + 2) * angle + wave.phase)
        most += wave.amplitude
      }
      return length(p) < reach * radius / most
    case .bar(let half, let heading):
      return abs(dot(p, heading)) < reach && abs(dot(p, quarterTurn(heading))) < half
    }
  }
}
