/// The factors as a row of a table (RFC 4180; no value needs quotes).
extension Factors {
  /// The columns' names.
  package static let header = [
    "file", "time", "light_from", "in_sky", "clouds", "backdrop", "ground",
    "pot", "pot_color", "band", "band_color",
    "flowers", "flower", "petals", "petal_color", "center_color",
    "stem_height", "lean", "foliage", "green",
  ].joined(separator: ",")

  /// The row of the image in `file`. What the picture does not show is empty.
  package func row(file: String) -> String {
    let inSky = timeOfDay == .night ? "moon" : "sun"
    return [
      file, timeOfDay.rawValue, side.rawValue, skyBody ? inSky : "", "\(clouds)",
      backdrop.rawValue, ground.rawValue,
      potShape.rawValue, potColor.rawValue, band.rawValue,
      band == .none ? "" : bandColor.rawValue,
      "\(flowers)", flower.rawValue, "\(petals)", petalColor.rawValue,
      flower.centerRadius > 0 ? centerColor.rawValue : "",
      hundredths(stemHeight), hundredths(lean), foliage.rawValue, green.rawValue,
    ].joined(separator: ",")
  }

  private func hundredths(_ value: Double) -> String {
    let rounded = Int((value * 100).rounded())
    let fraction = "\(abs(rounded) % 100)"
    let zeros = String(repeating: "0", count: 2 - fraction.count)
    return "\(rounded < 0 ? "-" : "")\(abs(rounded) / 100).\(zeros)\(fraction)"
  }
}
