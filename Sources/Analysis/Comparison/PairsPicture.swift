internal import Checkpoints
internal import Files
internal import Images
internal import PNGCodec
internal import SystemPackage

/// A picture of images beside their nearest, for eyes that judge whether they are copies.
enum PairsPicture {
  private static let most = 64

  /// Writes at most 64 pairs, the nearest first.
  static func write(
    _ neighbors: [NearestNeighbors], of a: ImageSet, in b: ImageSet, to path: FilePath,
    _ job: Provenance
  ) throws {
    let nearest = neighbors.indices.sorted {
      (neighbors[$0].squares[0], $0) < (neighbors[$1].squares[0], $1)
    }.prefix(most)
    let pairs = nearest.map { index in
      ImageGrid.arrange(
        [a.image(index), b.image(neighbors[index].index)], columns: 2, margin: 0)
    }
    try Folders.make(path.removingLastComponent())
    let provenance = job.adding("pairs", "\(pairs.count)")
    try PNGWriter.write(ImageGrid.arrange(pairs, margin: 4), text: provenance.chunks, to: path)
  }

  /// Makes sure that the picture replaces none but one of the same comparison.
  static func checkPlace(_ path: FilePath, _ job: Provenance, overwriting: Bool) throws {
    _ = try job.found(at: path, before: "pairs", overwriting: overwriting)
  }
}
