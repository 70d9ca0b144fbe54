/// One picture: its factors, and the layers that they make, from back to front.
package struct Scene {
  /// What is in it.
  package let factors: Factors
  private let layers: [any Layer]

  /// The picture of (seed, image), whatever the size and the number of images.
  package init(seed: UInt64, image: UInt32) {
    let draws = Draws(seed: seed, image: image)
    let factors = Factors(draws)
    self.factors = factors

    let horizon = draws.value(.horizon, in: 0.77...0.83)
    let body = Point(
      0.5 + factors.side.sign * draws.value(.skyBodyHeight, 1, in: 0.30...0.38),
      factors.timeOfDay == .dusk || factors.timeOfDay == .dawn
        ? draws.value(.skyBodyHeight, in: 0.30...0.55) : draws.value(.skyBodyHeight, in: 0.11...0.2)
    )
    let ground = factors.ground.color.light
    let time = factors.timeOfDay
    let lamp = Illumination(
      direction: Direction(factors.side.sign * 0.75, -0.55, 0.62), key: time.key,
      sky: time.ambient, ground: time.ambient * 0.35 + ground * time.key * 0.28)

    let pot = Pot(
      factors, draws, lamp: lamp, x: draws.value(.potPlace, in: 0.48...0.52), bottom: 0.93)
    let plant = Plant(factors, draws, pot: pot, lamp: lamp)

    var layers: [any Layer] = [Sky(factors, draws, horizon: horizon, body: body)]
    if factors.skyBody { layers.append(SkyBody(factors, at: body)) }
    for cloud in 0..<factors.clouds {
      layers.append(
        Cloud(factors, draws, number: cloud, lamp: Point(lamp.direction.x, lamp.direction.y)))
    }
    if factors.backdrop != .open {
      for ridge in 0..<2 {
        layers.append(Ridge(factors, draws, number: ridge, horizon: horizon))
      }
    }
    layers.append(
      GroundPlane(factors, lamp: lamp, horizon: horizon, foot: pot.foot, width: pot.footWidth))
    layers.append(pot)
    self.layers = layers + plant.greenery + plant.heads
  }

  /// The picture as sRGB bytes, (size, size, 3).
  package func pixels(size: Int) -> [UInt8] {
    var canvas = Canvas(size: size)
    for layer in layers { canvas.draw(layer) }
    return canvas.pixels()
  }
}
