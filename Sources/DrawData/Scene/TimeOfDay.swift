/// The hour of the picture, which decides the sky's colors and the light on everything.
enum TimeOfDay: String, CaseIterable {
  case dawn, day, gold, dusk, night

  /// The sky from the top of the picture to the horizon.
  var sky: [Color] {
    switch self {
    case .dawn: [Color(0.63, 0.09, 280), Color(0.77, 0.08, 330), Color(0.90, 0.08, 60)]
    case .day: [Color(0.60, 0.13, 250), Color(0.75, 0.095, 238), Color(0.92, 0.03, 215)]
    case .gold: [Color(0.66, 0.07, 220), Color(0.82, 0.05, 170), Color(0.91, 0.09, 88)]
    case .dusk: [Color(0.36, 0.11, 290), Color(0.55, 0.14, 350), Color(0.79, 0.15, 58)]
    case .night: [Color(0.18, 0.06, 278), Color(0.26, 0.08, 272), Color(0.40, 0.08, 255)]
    }
  }

  /// The light from the sun or the moon.
  var key: Light {
    switch self {
    case .dawn: Light(0.86, 0.62, 0.50)
    case .day: Light(0.86, 0.80, 0.70)
    case .gold: Light(0.98, 0.74, 0.42)
    case .dusk: Light(0.88, 0.47, 0.27)
    case .night: Light(0.52, 0.58, 0.74)
    }
  }

  /// The light from the rest of the sky.
  var ambient: Light {
    switch self {
    case .dawn: Light(0.36, 0.30, 0.38)
    case .day: Light(0.30, 0.35, 0.42)
    case .gold: Light(0.31, 0.31, 0.30)
    case .dusk: Light(0.27, 0.20, 0.32)
    case .night: Light(0.16, 0.19, 0.32)
    }
  }

  /// The disc of the sun or the moon, and the halo that it throws on the sky.
  var body: (disc: Color, halo: Light) {
    switch self {
    case .dawn: (Color(0.97, 0.06, 80), Light(0.40, 0.20, 0.10))
    case .day: (Color(0.99, 0.06, 100), Light(0.30, 0.28, 0.20))
    case .gold: (Color(0.98, 0.09, 95), Light(0.45, 0.32, 0.10))
    case .dusk: (Color(0.84, 0.16, 60), Light(0.50, 0.16, 0.04))
    case .night: (Color(0.95, 0.03, 95), Light(0.10, 0.11, 0.14))
    }
  }
}
