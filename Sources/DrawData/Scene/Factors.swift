/// Everything that makes one picture: the parts that a person would name.
package struct Factors {
  let timeOfDay: TimeOfDay
  /// Where the light comes from.
  let side: Side
  /// Whether the sun or the moon is in the picture.
  let skyBody: Bool
  let clouds: Int
  let backdrop: Backdrop
  let ground: Ground

  let potShape: PotShape
  let potColor: Glaze
  let band: Band
  let bandColor: Glaze

  let flower: FlowerKind
  let petalColor: PetalColor
  let centerColor: CenterColor
  /// How many petals the outermost ring has.
  let petals: Int
  let flowers: Int
  /// How high the flowers stand, 0 … 1, and how far they lean to the right, -1 … 1.
  let stemHeight, lean: Double
  let foliage: Foliage
  let green: Green

  /// The factors of one image, each drawn on its own.
  init(_ draws: Draws) {
    timeOfDay = draws.pick(
      .timeOfDay,
      from: [(.dawn, 1), (.day, 1.5), (.gold, 1), (.dusk, 1), (.night, 0.8)])
    side = draws.pick(.side)
    skyBody = draws.uniform(.skyBody) < 0.65
    clouds = draws.pick(.clouds, from: [(0, 3), (1, 3), (2, 2)])
    backdrop = draws.pick(.backdrop, from: [(.open, 2), (.hills, 2), (.mountains, 1)])
    ground = draws.pick(.ground)

    potShape = draws.pick(.potShape)
    let potColor: Glaze = draws.pick(.potColor)
    self.potColor = potColor
    band = draws.pick(
      .band, from: [(.none, 2), (.stripe, 1), (.twoStripes, 1), (.dots, 1), (.zigzag, 1)])
    let others = Glaze.allCases.filter { $0 != potColor }
    bandColor = others[Int(draws.uniform(.bandColor) * Double(others.count))]

    flower = draws.pick(.flowerKind)
    petalColor = draws.pick(.petalColor)
    centerColor = draws.pick(.centerColor)
    let counts = flower.petalCounts
    petals = counts[Int(draws.uniform(.petalCount) * Double(counts.count))]
    flowers = draws.pick(.flowerCount, from: [(1, 1.2), (2, 0.8), (3, 1)])
    stemHeight = draws.uniform(.stemHeight)
    lean = draws.value(.lean, in: -1...1)
    foliage = draws.pick(.foliage)
    green = draws.pick(.green)
  }
}
