internal import CHDF5

extension Dataset {
  /// Reads all elements whose first indices are `index`, in row-major order: everything, or with
  /// `at: [7]` the eighth image.
  ///
  /// - Throws: `wrongType` where integers are asked of floats or the reverse, `damaged` where the
  ///   checksum is wrong, and what the C library says.
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
    guard T.self == Float.self, type == .float16 else {
      return try read(selection, into: UnsafeMutableRawBufferPointer(buffer), as: T.nativeType)
    }
    try readHalves(selection, into: UnsafeMutableRawBufferPointer(buffer))
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

  /// - Throws: `wrongShape` where the shape is another than `expected`.
  package func checkShape(_ expected: [Int]) throws(HDF5Error) {
    guard shape == expected else {
      throw .wrongShape(path: location.path, object: kind, found: shape, expected: expected)
    }
  }

  private func checkType<T: Element>(_: T.Type) throws(HDF5Error) {
    guard T.accepts(type) else {
      throw .wrongType(
        path: location.path, object: kind, found: type.description, expected: T.expectation)
    }
  }

  /// Reads a box as the C library's type `memoryType`.
  func read(
    _ selection: Selection, into buffer: UnsafeMutableRawBufferPointer, as memoryType: hid_t
  ) throws(HDF5Error) {
    Library.enter()
    defer { Library.leave() }
    let failure = "\(kind) could not be read"
    let spaces = try selection.makeSpaces(in: self, failure)
    try location.check(
      H5Dread(
        location.id, memoryType, spaces.memory.handle.id, spaces.file.handle.id,
        st_h5_default(), buffer.baseAddress), failure)
  }

  /// Reads halves as they are and widens them here.
  private func readHalves(
    _ selection: Selection, into buffer: UnsafeMutableRawBufferPointer
  ) throws(HDF5Error) {
    let halves = UnsafeMutableBufferPointer<UInt16>.allocate(capacity: selection.count)
    defer { halves.deallocate() }
    try readHalves(selection, into: halves)
    buffer.withMemoryRebound(to: Float.self) {
      Half.convert(UnsafeBufferPointer(halves), into: $0)
    }
  }

  private func readHalves(
    _ selection: Selection, into halves: UnsafeMutableBufferPointer<UInt16>
  ) throws(HDF5Error) {
    Library.enter()
    defer { Library.leave() }
    let native = try location.own(
      ElementType.float16.makeFileType(), "\(kind) could not be read")
    try read(selection, into: UnsafeMutableRawBufferPointer(halves), as: native.id)
  }
}
