internal import Synchronization
internal import SystemPackage

/// An array in an HDF5 file that is read, row-major.
package struct StoredDataset: StoredObject {
  package let file: StoredFile
  package let name: String
  package let attributes: StoredAttributes
  /// The lengths of the axes; empty for a single number.
  package let shape: [Int]
  let stored: StoredType
  let layout: StoredLayout
  let filters: FilterPipeline
  /// The chunks by their numbers in the order of the elements.
  let chunks: [Int: ChunkIndex.Chunk]

  /// What the elements are in the file.
  package var type: ElementType { stored.element }

  /// The lengths of a chunk, or nil where the elements lie in one piece.
  package var chunk: [Int]? {
    if case .chunked(let lengths, _) = layout { lengths } else { nil }
  }

  /// The number of elements.
  package var count: Int { shape.reduce(1, *) }

  /// The dataset in an error: "dataset model/conv_in.weight".
  package var kind: String { "dataset \(name)" }

  init(_ file: StoredFile, _ name: String, _ header: ObjectHeader) throws(HDF5Error) {
    self.file = file
    self.name = name
    attributes = StoredAttributes(header)
    let object = "dataset \(name)"
    let failure = "\(object) could not be opened"
    let (stored, space) = try file.reading(failure) { () throws(Problem) in
      guard let type = try header.body(.datatype), let space = try header.body(.dataspace) else {
        throw .malformed("it has no elements or axes")
      }
      return (try StoredType(type), try StoredType.shape(space))
    }
    guard space.isPossible else {
      throw .hollow(path: file.path.string, object: name, shape: space.now, bytes: 0)
    }
    (self.stored, shape) = (stored, space.now)
    (layout, filters) = try file.reading(failure) { () throws(Problem) in
      guard let body = try header.body(.layout) else { throw .malformed("it has no layout") }
      return (
        try StoredLayout(body, rank: space.now.count, elementSize: stored.size),
        try header.body(.filters).map { (body) throws(Problem) in try FilterPipeline(body) }
          ?? .none
      )
    }
    if case .elsewhere(let kind) = layout {
      throw .elsewhere(path: file.path.string, object: object, kind: kind)
    }
    if header.messages.contains(where: { $0.kind == .externalFiles }) {
      throw .elsewhere(path: file.path.string, object: object, kind: "external")
    }
    for case .other(let number) in filters.filters {
      throw .filter(path: file.path.string, object: object, number: number)
    }
    chunks = try Self.chunks(file, failure, layout, stored, space, filters)
    try checkStorage()
  }

  private static func chunks(
    _ file: StoredFile, _ failure: String, _ layout: StoredLayout, _ stored: StoredType,
    _ space: (now: [Int], most: [UInt64], isPossible: Bool), _ filters: FilterPipeline
  ) throws(HDF5Error) -> [Int: ChunkIndex.Chunk] {
    guard case .chunked(let lengths, let index) = layout else { return [:] }
    let grid = ChunkIndex.Grid(
      shape: space.now, most: space.most, lengths: lengths,
      chunkBytes: lengths.reduce(stored.size, *), isFiltered: !filters.filters.isEmpty)
    return try file.reading(failure) { () throws(Problem) in
      try index.chunks(file.bytes, grid)
    }
  }

  /// Refuses a shape that the stored bytes cannot fill, before anybody takes memory for it.
  private func checkStorage() throws(HDF5Error) {
    var bytes = 0
    switch layout {
    case .compact(let data): bytes = data.count
    case .contiguous(let address, let size): bytes = address == ByteReader.undefined ? 0 : size
    case .chunked:
      for chunk in chunks.values {
        bytes = Int(clamping: UInt64(bytes) + UInt64(clamping: min(chunk.size, file.bytes.count)))
      }
    case .elsewhere: break
    }
    bytes = min(bytes, file.bytes.count)
    let limit = bytes.multipliedReportingOverflow(by: filters.packing)
    let needed = count.multipliedReportingOverflow(by: stored.size)
    if needed.overflow || (!limit.overflow && needed.partialValue > limit.partialValue) {
      throw .hollow(path: file.path.string, object: kind, shape: shape, bytes: bytes)
    }
  }

  /// Whether a Fletcher32 checksum covers every element.
  package var isChecksummed: Bool { filters.filters.contains(.fletcher32) }

  /// - Throws: `wrongShape` where the shape is another than `expected`.
  package func checkShape(_ expected: [Int]) throws(HDF5Error) {
    guard shape == expected else {
      throw .wrongShape(path: file.path.string, object: kind, found: shape, expected: expected)
    }
  }
}
