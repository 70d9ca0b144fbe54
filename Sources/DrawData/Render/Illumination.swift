#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The light of a scene: one lamp far away, the sky above and the ground below.
struct Illumination {
  /// Towards the lamp.
  let direction: Direction
  /// The lamp's light.
  let key: Light
  /// What comes from above and from below.
  let sky, ground: Light

  private let halfway: Direction

  /// A lamp in `direction` of color `key`, with light from the sky and the ground.
  init(direction: Direction, key: Light, sky: Light, ground: Light) {
    self.direction = unit(direction)
    self.key = key
    self.sky = sky
    self.ground = ground
    halfway = unit(self.direction + Direction(0, 0, 1))
  }

  /// The light that a surface sends to the viewer.
  ///
  /// - Parameters:
  ///   - surface: its color.
  ///   - normal: which way it faces; of any length.
  ///   - gloss: the strength of the highlight.
  ///   - translucency: the part of the lamp's light that shines through from behind.
  func reflected(
    from surface: Light, normal: Direction, gloss: Double = 0, translucency: Double = 0
  ) -> Light {
    let n = unit(normal)
    // Wrapped a little around the edge, as light in open air is.
    let facing = (dot(n, direction) + 0.25) / 1.25
    let lit = max(facing, 0) + translucency * max(-facing, 0)
    var light = surface * (mix(sky, ground, 0.5 + 0.5 * n.y) + key * lit)
    if gloss > 0 { light += key * (gloss * pow(max(dot(n, halfway), 0), 24)) }
    return light
  }
}
