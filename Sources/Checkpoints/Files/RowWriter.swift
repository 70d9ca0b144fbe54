internal import HDF5

/// Gathers images one after another into the chunks of a dataset and hands each chunk to be written
/// past the C library's filters and cache.
struct RowWriter {
  private let dataset: Dataset
  private let queue: ChunkQueue
  /// The indices before the axis along which rows come: the image's for x_t, none for x_0.
  private let prefix: [Int]
  private let rowsPerChunk: Int
  private let rowBytes: Int
  /// The chunk that has begun.
  private var buffer: ChunkBuffer?
  private var row = 0

  init(_ dataset: Dataset, prefix: [Int] = [], in queue: ChunkQueue) {
    self.dataset = dataset
    self.queue = queue
    self.prefix = prefix
    rowsPerChunk = (dataset.chunk ?? dataset.shape)[prefix.count]
    rowBytes = dataset.shape.dropFirst(prefix.count + 1).reduce(dataset.type.byteCount, *)
  }

  /// How many rows have come so far.
  var count: Int { row }

  /// Adds the next row.
  package mutating func append(_ values: UnsafeBufferPointer<Float>) throws(HDF5Error) {
    let buffer = self.buffer ?? queue.buffer(for: dataset)
    self.buffer = buffer
    let place = row % rowsPerChunk * rowBytes
    ElementCoding.encode(
      values, as: dataset.type,
      into: UnsafeMutableRawBufferPointer(rebasing: buffer.elements[place..<(place + rowBytes)]))
    row += 1
    if row % rowsPerChunk == 0 { try flush() }
  }

  /// Hands over the chunk that the rows so far have begun.
  mutating func flush() throws(HDF5Error) {
    guard let buffer else { return }
    self.buffer = nil
    let first = (row - 1) / rowsPerChunk * rowsPerChunk
    buffer.clear(from: (row - first) * rowBytes)
    let rest = dataset.shape.count - prefix.count - 1
    try queue.add(
      .init(dataset: dataset, start: prefix + [first] + [Int](repeating: 0, count: rest)), buffer)
  }
}
