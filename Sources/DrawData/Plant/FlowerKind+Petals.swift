/// How each kind of flower is put together.
extension FlowerKind {
  /// Whether it is seen from the side, its foot on the stem, rather than from the front.
  var isCup: Bool { self == .tulip }

  /// How round the head is as a whole.
  var dome: Double {
    switch self {
    case .tulip: 0.7
    case .rose: 0.55
    case .dahlia: 0.5
    case .daisy, .blossom, .sunflower, .lily: 0.18
    }
  }

  /// How large it is beside the others.
  var scale: Double {
    switch self {
    case .tulip: 0.98
    case .rose: 0.88
    case .blossom, .dahlia: 0.95
    case .daisy, .sunflower: 1.02
    case .lily: 1.1
    }
  }

  /// The radius of its middle; 0 where none is seen.
  var centerRadius: Double {
    switch self {
    case .daisy: 0.29
    case .blossom: 0.22
    case .sunflower: 0.44
    case .lily: 0.14
    case .tulip, .rose: 0
    case .dahlia: 0.13
    }
  }

  /// The petals, lowest first, for `count` in the outermost ring, turned by `turn` radians.
  func petals(count: Int, root: Color, tip: Color, turn: Double) -> [Petal] {
    let (root, tip) = (root.light, tip.light)
    return switch self {
    case .daisy: daisy(count, root, tip, turn)
    case .blossom: blossom(count, root, tip, turn)
    case .sunflower: sunflower(count, root, tip, turn)
    case .tulip: tulip(count, root, tip)
    case .rose: rose(count, root, tip, turn)
    case .lily: lily(count, root, tip, turn)
    case .dahlia: dahlia(count, root, tip, turn)
    }
  }

  private func daisy(_ count: Int, _ root: Light, _ tip: Light, _ turn: Double) -> [Petal] {
    angles(count, from: turn).map { angle in
      Petal(
        angle: angle, length: 1, width: 2.85 / Double(count), outline: .ribbon, ramp: (root, tip),
        curl: 0.5)
    }
  }

  private func blossom(_ count: Int, _ root: Light, _ tip: Light, _ turn: Double) -> [Petal] {
    let widths = [4: 0.62, 5: 0.52]
    return angles(count, from: turn).map { angle in
      Petal(
        angle: angle, length: 1, width: widths[count] ?? 0.46,
        outline: count == 5 ? .heart : .spoon, ramp: (root, tip), arch: 0.45, lean: 0.15, curl: 0.9)
    }
  }

  private func sunflower(_ count: Int, _ root: Light, _ tip: Light, _ turn: Double) -> [Petal] {
    let width = 2.9 / Double(count)
    let behind = angles(count, from: turn + .pi / Double(count)).map { angle in
      Petal(
        angle: angle, length: 1, width: width, outline: .lance,
        ramp: (root, mix(root, tip, 0.6)))
    }
    let before = angles(count, from: turn).map { angle in
      Petal(angle: angle, length: 0.92, width: width, outline: .lance, ramp: (root, tip))
    }
    return behind + before
  }

  private func tulip(_ count: Int, _ root: Light, _ tip: Light) -> [Petal] {
    func petal(_ x: Double, _ tilt: Double, _ length: Double, _ width: Double, front: Bool) -> Petal
    {
      Petal(
        root: Point(x, 0.92), angle: tilt - .pi / 2, length: length, width: width,
        outline: .cup, ramp: front ? (root, tip) : (root * 0.7, mix(root, tip, 0.3)), arch: 0.7,
        lean: 0, curl: -0.3, vein: front ? 0.1 : 0)
    }
    let opened = count == 5 ? 0.10 : 0
    var petals = [-0.2, 0.2].map { petal($0, $0 * 0.6, 1.62, 0.24, front: false) }
    petals += [-1, 1].map { petal($0 * 0.24, $0 * (0.16 + opened), 1.82, 0.27, front: true) }
    petals.append(petal(0, 0, 1.5, 0.33, front: true))
    return petals
  }

  private func rose(_ count: Int, _ root: Light, _ tip: Light, _ turn: Double) -> [Petal] {
    var petals: [Petal] = []
    for (size, offset, number) in [
      (1.0, 0.0, count), (0.72, 0.5, count), (0.5, 0.2, 4), (0.3, 0.7, 3),
    ] {
      let ramp = (root * mix(0.28, 0.75, size), mix(root, tip, mix(0.3, 1.1, size)))
      let start = turn + offset * 2 * .pi / Double(number)
      petals += angles(number, from: start).map { angle in
        Petal(
          angle: angle, length: size, width: number < 5 ? 0.8 : 0.62, outline: .spoon,
          ramp: ramp, arch: 0.25, lean: 0.3, curl: 1.3)
      }
    }
    return petals
  }

  private func lily(_ count: Int, _ root: Light, _ tip: Light, _ turn: Double) -> [Petal] {
    angles(count, from: turn).map { angle in
      Petal(
        angle: angle, length: 1, width: 0.27, outline: .lance, ramp: (root, tip), arch: 0.9,
        curl: 1, vein: 0.4)
    }
  }

  private func dahlia(_ count: Int, _ root: Light, _ tip: Light, _ turn: Double) -> [Petal] {
    var petals: [Petal] = []
    for (size, offset) in [(1.0, 0.0), (0.8, 0.5), (0.6, 0.0), (0.4, 0.5)] {
      let ramp = (root * 0.8, mix(root, tip, mix(0.35, 1, size)))
      let start = turn + offset * 2 * .pi / Double(count)
      petals += angles(count, from: start).map { angle in
        Petal(
          angle: angle, length: size, width: 3 / Double(count), outline: .oval, ramp: ramp,
          arch: 0.8, curl: 0.8)
      }
    }
    return petals
  }

  /// `count` angles at even distances around the whole turn.
  private func angles(_ count: Int, from start: Double) -> [Double] {
    (0..<count).map { start + 2 * .pi * Double($0) / Double(count) }
  }
}
