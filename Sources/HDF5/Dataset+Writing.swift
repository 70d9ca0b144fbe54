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
    if !isPacked, selection.lengths == shape, let chunk, chunk.dropFirst() == shape.dropFirst() {
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

  /// Writes everything in chunks of whole rows, in less than half of `H5Dwrite`'s time.
  private func writeChunks(of rows: Int, _ bytes: UnsafeRawBufferPointer) throws(HDF5Error) {
    let rowSize = bytes.count / shape[0]
    let buffer = ChunkBuffer(elementBytes: rows * rowSize)
    for row in stride(from: 0, to: shape[0], by: rows) {
      let piece = bytes[row * rowSize..<min(row + rows, shape[0]) * rowSize]
      buffer.fill(from: UnsafeRawBufferPointer(rebasing: piece))
      buffer.seal()
      try write(buffer, at: [row] + [Int](repeating: 0, count: shape.count - 1))
    }
  }
}
