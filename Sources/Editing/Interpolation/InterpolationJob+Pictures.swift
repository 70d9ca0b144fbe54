internal import Checkpoints
internal import Files
internal import Images
internal import PNGCodec
internal import Sampling
internal import SystemPackage

/// Pictures of all frames of a job.
extension InterpolationJob {
  /// As many pairs as an animation has room for.
  private static let animated = 64

  /// Makes sure that names suit, and that the pictures replace none but those of fewer pairs by the same settings.
  func checkPictures(_ generator: Generator, of pairs: [InterpolationPair?]) throws {
    if let animation, animation.extension?.lowercased() != "apng" {
      throw SettingError(
        "animation",
        cause: "\(animation) must end in .apng; `grid` shows the frames side by side"
      )
    }
    for (path, kind) in [(grid, "grid"), (animation, "film")] {
      guard let path else { continue }
      let shown = kind == "film" ? min(pairs.count, Self.animated) : pairs.count
      _ = try provenance(kind, generator, pairs.first ?? nil, ways: shown).isThere(
        at: path, replacingFewer: "pairs", overwriting: overwrites)
    }
  }

  /// Writes the pictures that are asked for of frames that are all there, by their folders.
  ///
  /// - Parameter first: the first pair; nil between seeds.
  func writePictures(
    of ways: [InterpolationWay], _ generator: Generator, first: InterpolationPair?
  ) throws {
    if ways.isEmpty { return }
    // Pairs may be of different kinds; one picture holds them all.
    let kinds = try ways.map { try PNGReader.header(of: $0.path(of: 0)).format }
    let format = PixelFormat(
      colors: kinds.map(\.colors).max() ?? 3, hasAlpha: kinds.contains(where: \.hasAlpha))
    func images(_ way: InterpolationWay) throws -> [PixelImage] {
      try (0..<way.frames).map { try PNGReader.read(way.path(of: $0), as: format) }
    }
    for picture in [grid, animation] {
      if let picture { try Folders.make(picture.removingLastComponent()) }
    }
    if let grid {
      try PNGWriter.write(
        ImageGrid.arrange(ways.flatMap(images), columns: frames),
        text: provenance("grid", generator, first, ways: ways.count).chunks, to: grid)
    }
    if let animation {
      let rows = try ways.prefix(Self.animated).map(images)
      let there = (0..<frames).map { frame in ImageGrid.arrange(rows.map { $0[frame] }) }
      let pictures = there + there.dropFirst().dropLast().reversed()
      // Longer at the ends.
      let delays = pictures.indices.map { UInt16([0, frames - 1].contains($0) ? 800 : 120) }
      try PNGWriter.write(
        PNGAnimation(frames: pictures, delays: delays), still: frames / 2,
        text: provenance("film", generator, first, ways: rows.count).chunks, to: animation)
    }
  }

  /// It is known by the images of the first pair.
  private func provenance(
    _ picture: String, _ generator: Generator, _ first: InterpolationPair?, ways: Int
  ) throws -> Provenance {
    let ends = try first.map { pair in
      [("between", try [pair.a, pair.b].map(Fingerprint.text(ofFile:)).joined(separator: " "))]
    }
    return Provenance(
      "interpolate",
      facts(generator) + (ends ?? [])
        + [("frames", "\(frames)"), ("picture", picture), ("pairs", "\(ways)")])
  }
}
