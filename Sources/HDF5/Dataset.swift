/// An array in an HDF5 file that is being written, row-major.
package struct Dataset: Located {
  package let location: Location
  /// What the elements are in the file.
  package let type: ElementType
  /// The lengths of the axes; empty for a single number.
  package let shape: [Int]
  /// The lengths of a chunk, or nil where the elements lie in one piece.
  package let chunk: [Int]?
  /// Whether the C library packs the chunks by shuffle and deflate.
  let isPacked: Bool

  /// The number of elements.
  package var count: Int { shape.reduce(1, *) }

  /// The dataset's path within the file.
  package var name: String { location.name }

  /// The dataset in an error: "dataset model/conv_in.weight".
  package var kind: String { "dataset \(location.name)" }

  init(
    created location: Location, _ type: ElementType, _ shape: [Int], chunk: [Int],
    isPacked: Bool
  ) {
    self.location = location
    self.type = type
    self.shape = shape
    self.chunk = chunk
    self.isPacked = isPacked
  }
}
