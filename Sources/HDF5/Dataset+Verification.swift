internal import CHDF5

extension Dataset {
  /// Whether a Fletcher32 checksum covers every element.
  package func isChecksummed() throws(HDF5Error) -> Bool {
    Library.enter()
    defer { Library.leave() }
    let failure = "\(kind) could not be opened"
    let creation = try location.own(H5Dget_create_plist(location.id), failure)
    let filters = try location.check(H5Pget_nfilters(creation.id), failure)
    for index in 0..<UInt32(filters)
    where H5Pget_filter2(creation.id, index, nil, nil, nil, 0, nil, nil)
      == H5Z_FILTER_FLETCHER32
    {
      return true
    }
    return false
  }

  /// Reads every element once, a chunk at a time, so that every checksum is compared.
  ///
  /// - Throws: `damaged` where one is wrong, and what the C library says.
  package func verify() throws(HDF5Error) {
    guard count > 0, type != .variableText, type != .other else { return }
    let piece = chunk ?? Group.chunk(shape.isEmpty ? [1] : shape, elementSize: type.byteCount)
    let size = zip(piece, shape).reduce(type.byteCount) { $0 * min($1.0, $1.1) }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: max(size, 1), alignment: 64)
    defer { buffer.deallocate() }

    var start = [Int](repeating: 0, count: shape.count)
    repeat {
      try readRaw(Selection(start: start, lengths: piece, within: shape), into: buffer)
    } while advance(&start, by: piece)
  }

  /// Reads elements as they are in the file.
  private func readRaw(
    _ selection: Selection, into buffer: UnsafeMutableRawBufferPointer
  ) throws(HDF5Error) {
    Library.enter()
    defer { Library.leave() }
    let fileType = try location.own(H5Dget_type(location.id), "\(kind) could not be read")
    try read(selection, into: buffer, as: fileType.id)
  }

  /// Goes on to the next piece, the last axis fastest; false after the last one.
  private func advance(_ start: inout [Int], by piece: [Int]) -> Bool {
    for axis in shape.indices.reversed() {
      start[axis] += piece[axis]
      if start[axis] < shape[axis] { return true }
      start[axis] = 0
    }
    return false
  }
}
