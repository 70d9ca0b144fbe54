/// The plant: where its stems, leaves and flowers are.
struct Plant {
  /// From back to front: what stands behind the flowers, and the flowers.
  let greenery: [any Layer]
  let heads: [any Layer]

  /// The plant that grows out of `pot`.
  init(_ factors: Factors, _ draws: Draws, pot: Pot, lamp: Illumination) {
    let green = factors.green.color
    var stems: [any Layer] = []
    var leaves: [any Layer] = []
    var heads: [any Layer] = []

    for flower in 0..<factors.flowers {
      let (place, radius) = Self.head(factors, draws, flower)
      let curve = Self.stem(factors, pot: pot, to: place, radius: radius, flower: flower)
      stems.append(
        Stem(curve, radius: 0.0125 + 0.018 * radius, color: green, lamp: lamp))
      leaves += Self.leaves(factors, draws, on: curve, flower: flower, lamp: lamp)
      heads.append(
        Self.head(factors, draws, flower, at: place, radius: radius, curve: curve, lamp: lamp))
    }
    let tufts = Self.tuft(factors, draws, pot: pot, lamp: lamp)
    greenery = tufts.back + stems + leaves + tufts.front
    self.heads = heads
  }

  /// Where flower number `flower` is, and how large.
  private static func head(_ factors: Factors, _ draws: Draws, _ flower: Int) -> (Point, Double) {
    let lean = factors.lean * 0.055
    let high = -0.07 * factors.stemHeight
    let (x, y, radius): (Double, Double, Double) =
      switch (factors.flowers, flower) {
      case (1, _): (0.5, 0.335, 0.225)
      case (2, 0): (0.305, 0.29, 0.178)
      case (2, _): (0.69, 0.385, 0.168)
      case (_, 0): (0.215, 0.40, 0.155)
      case (_, 1): (0.785, 0.37, 0.155)
      default: (0.495, 0.235, 0.165)
      }
    // Two flowers may stand the other way round.
    let mirrored = factors.flowers > 1 && factors.lean < 0 ? 1 - x : x
    let jitter = Point(
      draws.value(.flowerPlace, 2 * flower, in: -0.02...0.02),
      draws.value(.flowerPlace, 2 * flower + 1, in: -0.025...0.025))
    let size = radius * factors.flower.scale * draws.value(.flowerSize, in: 0.9...1.06)
    return (Point(mirrored + lean, y + high) + jitter, size)
  }

  /// The stem of a flower.
  private static func stem(
    _ factors: Factors, pot: Pot, to place: Point, radius: Double, flower: Int
  ) -> Curve {
    let spread = factors.flowers == 1 ? 0 : 0.4 * (place.x - pot.mouth.x)
    let start =
      pot.mouth + Point(min(max(spread, -0.45 * pot.mouthWidth), 0.45 * pot.mouthWidth), 0)
    let end = factors.flower.isCup ? place + Point(0, radius * 0.9) : place
    let sway = 0.06 * factors.lean * (factors.flowers == 1 ? -1.4 : -0.5)
    let bend = Point(mix(start.x, end.x, 0.25) + sway, mix(start.y, end.y, 0.6))
    return Curve(start: start, bend: bend, end: end)
  }

  /// The leaves along a stem.
  private static func leaves(
    _ factors: Factors, _ draws: Draws, on curve: Curve, flower: Int, lamp: Illumination
  ) -> [Leaf] {
    func value(_ number: Int, _ range: ClosedRange<Double>) -> Double {
      draws.value(.leafPlace, 16 * flower + number, in: range)
    }
    let (width, size, outline): (Double, Double, Outline) =
      switch factors.foliage {
      case .almond: (0.21, 0.19, .almond)
      case .round: (0.36, 0.135, .oval)
      case .blade: (0.085, 0.30, .almond)
      case .bushy: (0.25, 0.16, .almond)
      }
    let scale = factors.flowers == 1 ? 1.12 : 0.86
    let first: Double = (draws.uniform(.leafPlace, 16 * flower) < 0.5) ? -1 : 1
    return (0..<(factors.flowers == 1 ? 2 : 1)).map { leaf in
      let side = leaf == 0 ? first : -first
      let t =
        factors.foliage == .blade ? 0.04 : value(1 + 4 * leaf, 0.22...0.34) + 0.2 * Double(leaf)
      let up =
        factors.foliage == .blade ? value(2 + 4 * leaf, 0.9...1.2) : value(2 + 4 * leaf, 0.25...0.7)
      return Leaf(
        root: curve.place(t), axis: heading(side > 0 ? -up : .pi + up),
        size: size * scale * value(3 + 4 * leaf, 0.9...1.1), width: width,
        droop: value(4 + 4 * leaf, 0.02...0.22), outline: outline, color: factors.green.color,
        lamp: lamp)
    }
  }

  /// The leaves that come straight out of the earth, behind and before the stems.
  private static func tuft(
    _ factors: Factors, _ draws: Draws, pot: Pot, lamp: Illumination
  ) -> (back: [Leaf], front: [Leaf]) {
    let count = factors.foliage == .bushy ? 7 : factors.foliage == .blade ? 4 : 0
    let color = factors.green.color
    var back: [Leaf] = []
    var front: [Leaf] = []
    for leaf in 0..<count {
      let t = 2 * Double(leaf) / Double(count - 1) - 1
      let wobble = draws.value(.leafPlace, 64 + leaf, in: -0.15...0.15)
      let blade = factors.foliage == .blade
      let angle = -.pi / 2 + (t + wobble) * (blade ? 0.75 : 1.35)
      let made = Leaf(
        root: pot.mouth + Point(t * pot.mouthWidth * 0.6, 0), axis: heading(angle),
        size: (blade ? 0.26 : 0.16) * draws.value(.leafPlace, 80 + leaf, in: 0.85...1.15),
        width: blade ? 0.085 : 0.25, droop: 0.1 + 0.2 * abs(t), outline: .almond,
        color: Color(
          color.lightness - (leaf % 2 == 0 ? 0.05 : 0), color.chroma, color.hue + 3),
        lamp: lamp)
      if leaf % 2 == 0 { back.append(made) } else { front.append(made) }
    }
    return (back, front)
  }

  /// The head of a flower.
  private static func head(
    _ factors: Factors, _ draws: Draws, _ flower: Int, at place: Point, radius: Double,
    curve: Curve, lamp: Illumination
  ) -> FlowerHead {
    let kind = factors.flower
    let turn = draws.value(.petalTurn, in: -6...6)
    let (root, tip) = factors.petalColor.ramp
    let petals = kind.petals(
      count: factors.petals, root: root.turned(turn), tip: tip.turned(turn),
      turn: draws.value(.flowerTurn, flower, in: 0...(2 * .pi)))
    let middle = factors.centerColor.color
    let center =
      kind.centerRadius > 0
      ? FlowerHead.Center(
        radius: kind.centerRadius, surface: middle.light,
        rim: Color(middle.lightness * 0.8, middle.chroma, middle.hue - 14).light) : nil

    let frame: (x: Point, y: Point)
    if kind.isCup {
      // It sits on its stem, and strives upwards.
      let leaning = curve.tangent(1) + Point(0, -0.9)
      let up = leaning / length(leaning)
      frame = (quarterTurn(up), -up)
    } else {
      // It looks a little away from the middle, and up.
      let turned = (place.x - 0.5) * 0.5
      let y = Point(turned, 0.93)
      frame = (Point(0.98, turned * 0.2), y / length(y) * 0.93)
    }
    return FlowerHead(
      petals: petals, center: center, dome: kind.dome, place: place, radius: radius, frame: frame,
      lamp: lamp)
  }
}
