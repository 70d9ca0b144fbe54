internal import CHDF5

extension Dataset {
  /// Writes the elements whose first indices are `index`, all by default, in row-major order.
  ///
  /// Floats become halves where the dataset holds halves.
  package func write<T: Element>(_ values: [T], at index: [Int] = []) throws(HDF5Error) {
    var problem: HDF5Error?
    values.withUnsafeBufferPointer { values in
      do throws(HDF5Error) {
        try write(values, at: index)
      } catch {
        problem = error
      }
    }
    if let problem { throw problem }
  }

  /// The same from memory of the caller's.
  package func write<T: Element>(
    _ values: UnsafeBufferPointer<T>, at index: [Int] = []
  ) throws(HDF5Error) {
    let selection = Selection(index, of: shape)
    precondition(selection.count == values.count, "the number of values differs from the shape's")
    if T.self == Float.self, type == .float16 {
      let halves = UnsafeMutableBufferPointer<UInt16>.allocate(capacity: values.count)
      defer { halves.deallocate() }
      UnsafeRawBufferPointer(values).withMemoryRebound(to: Float.self) {
        Half.convert($0, into: halves)
      }
      return try write(selection, from: UnsafeRawBufferPointer(halves))
    }
    precondition(T.elementType == type, "\(kind) holds \(type)")
    try write(selection, from: UnsafeRawBufferPointer(values))
  }

  /// Cuts the dataset off after `rows` along its first axis; this value keeps the old shape.
  package func shorten(to rows: Int) throws(HDF5Error) {
    Library.enter()
    defer { Library.leave() }
    precondition(rows <= shape[0], "a dataset only gets shorter")
    let extent = [rows] + shape.dropFirst()
    try location.check(
      H5Dset_extent(location.id, extent.map { hsize_t($0) }), "\(kind) could not be shortened")
  }

  /// Writes a box whose bytes are as in the file.
  func write(_ bytes: [UInt8], in selection: Selection) throws(HDF5Error) {
    var problem: HDF5Error?
    bytes.withUnsafeBytes { bytes in
      do throws(HDF5Error) {
        try write(selection, from: bytes)
      } catch {
        problem = error
      }
    }
    if let problem { throw problem }
  }

  /// The same from memory of the caller's.
  func write(_ selection: Selection, from bytes: UnsafeRawBufferPointer) throws(HDF5Error) {
    guard !bytes.isEmpty else { return }
    if selection.lengths == shape, let chunk, chunk.dropFirst() == shape.dropFirst() {
      return try writeChunks(of: chunk[0], bytes)
    }
    Library.enter()
    defer { Library.leave() }
    let failure = "\(kind) could not be written"
    let fileType = try location.own(H5Dget_type(location.id), failure)
    let spaces = try selection.makeSpaces(in: self, failure)
    try location.check(
      H5Dwrite(
        location.id, fileType.id, spaces.memory.handle.id, spaces.file.handle.id,
        st_h5_default(), bytes.baseAddress), failure)
  }

  /// Writes one whole chunk past the C library's filters and cache, with a checksum of our own.
  ///
  /// - Parameters:
  ///   - start: the chunk's first element, a multiple of the chunk's lengths along every axis.
  ///   - bytes: the elements as they are in the file, little-endian, padded to the chunk's full
  ///     size where the dataset ends within the chunk.
  package func writeChunk(
    at start: [Int], _ bytes: UnsafeRawBufferPointer
  ) throws(HDF5Error) {
    guard let chunk else { preconditionFailure("\(kind) has no chunks") }
    precondition(chunk.reduce(type.byteCount, *) == bytes.count, "not a whole chunk")
    precondition(
      start.count == chunk.count && zip(start, chunk).allSatisfy { $0 % $1 == 0 },
      "\(start) is not a chunk's beginning")
    try writeChunk(at: start, bytes, size: bytes.count)
  }

  /// The same from an array.
  package func writeChunk(at start: [Int], _ bytes: [UInt8]) throws(HDF5Error) {
    var problem: HDF5Error?
    bytes.withUnsafeBytes { bytes in
      do throws(HDF5Error) {
        try writeChunk(at: start, bytes)
      } catch {
        problem = error
      }
    }
    if let problem { throw problem }
  }

  /// Writes everything in chunks of whole rows, in less than half of `H5Dwrite`'s time.
  private func writeChunks(of rows: Int, _ bytes: UnsafeRawBufferPointer) throws(HDF5Error) {
    let rowSize = bytes.count / shape[0]
    for row in stride(from: 0, to: shape[0], by: rows) {
      let piece = bytes[row * rowSize..<min(row + rows, shape[0]) * rowSize]
      try writeChunk(
        at: [row] + [Int](repeating: 0, count: shape.count - 1),
        UnsafeRawBufferPointer(rebasing: piece), size: rows * rowSize)
    }
  }

  /// Writes the chunk at `start`: `bytes`, zeros up to `size`, and the checksum.
  private func writeChunk(
    at start: [Int], _ bytes: UnsafeRawBufferPointer, size: Int
  ) throws(HDF5Error) {
    let packed = UnsafeMutableRawBufferPointer.allocate(byteCount: size + 4, alignment: 64)
    defer { packed.deallocate() }
    packed.copyMemory(from: bytes)
    for index in bytes.count..<packed.count { packed[index] = 0 }
    // The filter puts its checksum, little-endian, behind the elements.
    let checksum = Fletcher32.checksum(UnsafeRawBufferPointer(rebasing: packed[..<size]))
    packed.storeBytes(of: checksum.littleEndian, toByteOffset: size, as: UInt32.self)

    Library.enter()
    defer { Library.leave() }
    try location.check(
      H5Dwrite_chunk(
        location.id, st_h5_default(), 0, start.map { hsize_t($0) }, packed.count,
        packed.baseAddress), "\(kind) could not be written")
  }
}
