internal import HDF5

/// Gathers images one after another into the chunks of a dataset and writes each chunk at once,
/// past the C library's filters and cache.
struct RowWriter {
  private let dataset: Dataset
  /// The indices before the axis along which rows come: the image's for x_t, none for x_0.
  private let prefix: [Int]
  private let rowsPerChunk: Int
  private let rowSize: Int
  private var bytes: [UInt8] = []
  private var row = 0

  init(_ dataset: Dataset, prefix: [Int] = []) {
    self.dataset = dataset
    self.prefix = prefix
    rowsPerChunk = (dataset.chunk ?? dataset.shape)[prefix.count]
    rowSize = dataset.shape.dropFirst(prefix.count + 1).reduce(dataset.type.byteCount, *)
    bytes.reserveCapacity(rowSize * rowsPerChunk)
  }

  /// How many rows have come so far.
  var count: Int { row }

  /// Adds the next row.
  mutating func append(_ values: UnsafeBufferPointer<Float>) throws(HDF5Error) {
    ElementCoding.append(values, as: dataset.type, to: &bytes)
    try finishRow()
  }

  /// Adds the next row.
  mutating func append(_ values: [Float]) throws(HDF5Error) {
    values.withUnsafeBufferPointer { ElementCoding.append($0, as: dataset.type, to: &bytes) }
    try finishRow()
  }

  private mutating func finishRow() throws(HDF5Error) {
    row += 1
    if bytes.count == rowSize * rowsPerChunk { try flush() }
  }

  /// Writes the chunk that the rows so far have begun.
  mutating func flush() throws(HDF5Error) {
    if bytes.isEmpty { return }
    let first = (row - 1) / rowsPerChunk * rowsPerChunk
    bytes += repeatElement(0, count: rowSize * rowsPerChunk - bytes.count)
    let rest = dataset.shape.count - prefix.count - 1
    let start = prefix + [first] + [Int](repeating: 0, count: rest)
    try dataset.writeChunk(at: start, bytes)
    bytes.removeAll(keepingCapacity: true)
  }
}
