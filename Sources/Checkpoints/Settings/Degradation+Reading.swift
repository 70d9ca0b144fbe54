public import SystemPackage
internal import Text

extension Degradation {
  /// Reads a YAML file: the parts, or a section `degradation` with them, as `config.yaml` has it.
  ///
  /// - Throws: `RunError.configuration` with the line and the name of what is wrong.
  public init(yaml path: FilePath) throws {
    struct Section: Decodable { let degradation: Degradation }
    let file = try SettingsText(path)
    self =
      file.hasSection("degradation")
      ? try file.decode(Section.self).degradation : try file.decode(Degradation.self)
  }

  /// The parts that there are, in words: "gaussian 0..75 in 75 %".
  package var parts: [String] {
    CodingKeys.allCases.filter { self[keyPath: $0.probability] > 0 }.map { key in
      let percent = Readable.number((1000 * self[keyPath: key.probability]).rounded() / 10)
      guard let range = key.part.map({ self[keyPath: $0].range }) else {
        return "\(key.rawValue) in \(percent) %"
      }
      return
        "\(key.rawValue) \(NoiseRange.text(range.lowerBound, range.upperBound)) in \(percent) %"
    }
  }

  /// The parts in a line.
  package var summary: String { parts.isEmpty ? "nothing" : parts.joined(separator: ", ") }
}
