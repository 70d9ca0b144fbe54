internal import SystemPackage

extension StoredDataset {
  /// Reads all elements whose first indices are `index`, in row-major order: everything, or with
  /// `at: [7]` the eighth image.
  ///
  /// - Throws: `wrongType` where integers are asked of floats or the reverse, `damaged` where the
  ///   checksum is wrong, and `failed`.
  package func read<T: Element>(
    _: T.Type = T.self, at index: [Int] = []
  ) throws(HDF5Error) -> [T] {
    try checkType(T.self)
    let count = Selection(index, of: shape).count
    // Typed throws do not pass through the initializer's closure.
    var problem: HDF5Error?
    let values = [T](unsafeUninitializedCapacity: count) { buffer, initialized in
      do throws(HDF5Error) {
        try read(into: UnsafeMutableBufferPointer(rebasing: buffer[..<count]), at: index)
        initialized = count
      } catch {
        problem = error
      }
    }
    if let problem { throw problem }
    return values
  }

  /// The same into memory of the caller's, which has room for exactly these elements.
  package func read<T: Element>(
    into buffer: UnsafeMutableBufferPointer<T>, at index: [Int] = []
  ) throws(HDF5Error) {
    try checkType(T.self)
    let selection = Selection(index, of: shape)
    precondition(selection.count == buffer.count, "the buffer's size differs from the selection's")
    guard !buffer.isEmpty else { return }
    try file.reading("\(kind) could not be read") { () throws(Problem) in
      if T.elementType == type, !stored.isBigEndian || stored.size == 1 {
        return try copy(selection, into: UnsafeMutableRawBufferPointer(buffer))
      }
      let bytes = UnsafeMutableRawBufferPointer.allocate(
        byteCount: buffer.count * stored.size, alignment: 16)
      defer { bytes.deallocate() }
      try copy(selection, into: bytes)
      stored.convert(UnsafeRawBufferPointer(bytes), into: buffer)
    }
  }

  /// Reads everything after a check of the shape.
  ///
  /// - Throws: `wrongShape`, and what `read` throws.
  package func read<T: Element>(
    _: T.Type = T.self, expecting expected: [Int]
  ) throws(HDF5Error) -> [T] {
    try checkShape(expected)
    return try read()
  }

  /// Reads a list of texts, of fixed or variable length.
  ///
  /// - Throws: `wrongType` for numbers, `damaged` and `failed`.
  package func texts() throws(HDF5Error) -> [String] {
    guard stored.isText else {
      throw .wrongType(
        path: file.path.string, object: kind, found: type.description, expected: "text")
    }
    return try file.reading("\(kind) could not be read") { () throws(Problem) in
      var bytes = [UInt8](repeating: 0, count: count * stored.size)
      var problem: Problem?
      bytes.withUnsafeMutableBytes { buffer in
        do throws(Problem) {
          try copy(Selection([], of: shape), into: buffer)
        } catch {
          problem = error
        }
      }
      if let problem { throw problem }
      return try stored.texts(bytes[...], file.bytes)
    }
  }

  /// Reads every element once, a chunk at a time, so that every checksum is compared.
  ///
  /// - Throws: `damaged` where one is wrong, and `failed`.
  package func verify() throws(HDF5Error) {
    guard count > 0, type != .variableText, type != .other else { return }
    try file.reading("\(kind) could not be read") { () throws(Problem) in
      guard case .chunked(let lengths, _) = layout else {
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { piece.deallocate() }
        if case .contiguous(let address, _) = layout {
          let size = count * stored.size
          for start in stride(from: 0, to: size, by: piece.count) {
            let rest = min(piece.count, size - start)
            try file.bytes.read(
              at: address &+ UInt64(start),
              into: UnsafeMutableRawBufferPointer(rebasing: piece[..<rest]))
          }
        }
        return
      }
      let number = zip(shape, lengths).reduce(1) { $0 * (($1.0 + $1.1 - 1) / $1.1) }
      for index in 0..<number { _ = try elements(ofChunk: index, lengths) }
    }
  }

  private func checkType<T: Element>(_: T.Type) throws(HDF5Error) {
    guard T.accepts(type) else {
      throw .wrongType(
        path: file.path.string, object: kind, found: type.description, expected: T.expectation)
    }
  }
}

// Bytes as they are in the file.
extension StoredDataset {
  /// Copies the elements of a box, which is whole along all axes behind those of one index.
  private func copy(
    _ box: Selection, into buffer: UnsafeMutableRawBufferPointer
  ) throws(Problem) {
    guard !buffer.isEmpty else { return }
    var first = 0
    for axis in shape.indices { first = first * shape[axis] + box.start[axis] }
    let start = first * stored.size
    switch layout {
    case .compact(let data):
      guard start + buffer.count <= data.count else { throw .outside }
      data.dropFirst(start).prefix(buffer.count).withUnsafeBytes { buffer.copyMemory(from: $0) }
    case .contiguous(let address, _):
      try file.bytes.read(at: address &+ UInt64(start), into: buffer)
    case .chunked(let lengths, _): try copy(box, ofChunks: lengths, into: buffer)
    case .elsewhere: throw .unread("its data lie in other files")
    }
  }

  private func copy(
    _ box: Selection, ofChunks lengths: [Int], into buffer: UnsafeMutableRawBufferPointer
  ) throws(Problem) {
    let rank = shape.count
    if rank == 0 {
      let bytes = try elements(ofChunk: 0, lengths)
      return bytes.withUnsafeBytes { buffer.copyMemory(from: .init(rebasing: $0[..<buffer.count])) }
    }
    let counts = zip(shape, lengths).map { ($0 + $1 - 1) / $1 }
    let firstChunk = zip(box.start, lengths).map { $0 / $1 }
    let lastChunk = (0..<rank).map { (box.start[$0] + box.lengths[$0] - 1) / lengths[$0] }
    // Behind this axis chunks are as wide as the box: elements lie together as in the buffer.
    var run = rank - 1
    while run > 0, lengths[run] == shape[run], box.lengths[run] == shape[run] { run -= 1 }
    let behind = box.lengths[(run + 1)...].reduce(stored.size, *)

    var place = firstChunk
    repeat {
      let index = zip(place, counts).reduce(0) { $0 * $1.1 + $1.0 }
      // The part of the box that this chunk has.
      let from = (0..<rank).map { max(box.start[$0], place[$0] * lengths[$0]) }
      let to = (0..<rank).map {
        min(box.start[$0] + box.lengths[$0], (place[$0] + 1) * lengths[$0])
      }
      if run == 0, from[0] == place[0] * lengths[0], to[0] - from[0] == lengths[0],
        try readWhole(
          index,
          into: UnsafeMutableRawBufferPointer(
            rebasing: buffer[((from[0] - box.start[0]) * behind)...].prefix(lengths[0] * behind)))
      {
        continue
      }
      let bytes = try elements(ofChunk: index, lengths)
      var row = from
      repeat {
        var (source, target) = (0, 0)
        for axis in 0...run {
          source = source * lengths[axis] + row[axis] - place[axis] * lengths[axis]
          target = target * box.lengths[axis] + row[axis] - box.start[axis]
        }
        let size = (to[run] - from[run]) * behind
        bytes.withUnsafeBytes { bytes in
          UnsafeMutableRawBufferPointer(rebasing: buffer[(target * behind)...].prefix(size))
            .copyMemory(
              from: UnsafeRawBufferPointer(rebasing: bytes[(source * behind)...].prefix(size)))
        }
      } while Self.advance(&row, from: from, to: to, axes: run)
    } while Self.advance(&place, from: firstChunk, to: lastChunk.map { $0 + 1 }, axes: rank)
  }

  /// Goes on to the next place, the last of the first `axes` fastest; false after the last one.
  private static func advance(_ place: inout [Int], from: [Int], to: [Int], axes: Int) -> Bool {
    for axis in (0..<axes).reversed() {
      place[axis] += 1
      if place[axis] < to[axis] { return true }
      place[axis] = from[axis]
    }
    return false
  }

  /// Reads a chunk that is as it is in memory but for a checksum straight to where it goes; false where
  /// it is packed in another way.
  private func readWhole(
    _ index: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws(Problem) -> Bool {
    guard filters.isChecksumAlone, let chunk = chunks[index], chunk.mask == 0,
      chunk.size == buffer.count + 4
    else { return false }
    try file.bytes.read(at: chunk.address, into: buffer)
    var end = ByteReader(
      try file.bytes.read(at: chunk.address &+ UInt64(buffer.count), count: 4))
    let isRight = FilterPipeline.isChecksum(
      UInt32(try end.number(4)), of: UnsafeRawBufferPointer(buffer))
    if !isRight { throw .checksum }
    return true
  }

  private func elements(ofChunk index: Int, _ lengths: [Int]) throws(Problem) -> [UInt8] {
    guard let chunk = chunks[index] else {
      throw .malformed("some of its elements were never written")
    }
    let bytes = try file.bytes.read(at: chunk.address, count: chunk.size)
    return try filters.unpacked(bytes, mask: chunk.mask, size: lengths.reduce(stored.size, *))
  }
}
