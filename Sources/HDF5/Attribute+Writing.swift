internal import CHDF5

extension Located {
  var owner: String { location.name.isEmpty ? "the file" : location.name }

  /// Adds a text of fixed length, which the header's checksum covers up to 64 KiB.
  package func setAttribute(_ name: String, _ value: String) throws(HDF5Error) {
    let length = max(1, value.utf8.count)
    try setAttribute(
      name, .text(bytes: length), TextCoding.bytes(of: [value], length: length), shape: [])
  }

  /// Adds a list of texts of one fixed length.
  package func setAttribute(_ name: String, _ values: [String]) throws(HDF5Error) {
    let length = max(1, values.map(\.utf8.count).max() ?? 1)
    try setAttribute(
      name, .text(bytes: length), TextCoding.bytes(of: values, length: length),
      shape: [values.count])
  }

  /// Adds an integer of 64 bits.
  package func setAttribute(_ name: String, _ value: Int) throws(HDF5Error) {
    try setAttribute(name, .int64, [value], shape: [])
  }

  /// Adds an integer of 64 bits from 0 on, such as a seed.
  package func setAttribute(_ name: String, _ value: UInt64) throws(HDF5Error) {
    try setAttribute(name, .uint64, [value], shape: [])
  }

  /// Adds a list of integers of 64 bits.
  package func setAttribute(_ name: String, _ values: [Int]) throws(HDF5Error) {
    try setAttribute(name, .int64, values, shape: [values.count])
  }

  /// Adds a floating-point number of 64 bits.
  package func setAttribute(_ name: String, _ value: Double) throws(HDF5Error) {
    try setAttribute(name, .float64, [value], shape: [])
  }

  /// Adds a list of floating-point numbers of 64 bits.
  package func setAttribute(_ name: String, _ values: [Double]) throws(HDF5Error) {
    try setAttribute(name, .float64, values, shape: [values.count])
  }

  private func setAttribute<T: BitwiseCopyable>(
    _ name: String, _ type: ElementType, _ values: [T], shape: [Int]
  ) throws(HDF5Error) {
    Library.enter()
    defer { Library.leave() }
    let failure = "attribute \(name) of \(owner) could not be written"
    let fileType = try location.own(type.makeFileType(), failure)
    let extent = shape.map { hsize_t($0) }
    let space = try location.own(
      shape.isEmpty
        ? H5Screate(H5S_SCALAR) : H5Screate_simple(CInt(shape.count), extent, nil), failure)
    let attribute = try location.own(
      H5Acreate2(location.id, name, fileType.id, space.id, st_h5_default(), st_h5_default()),
      failure)
    let result = values.withUnsafeBytes { H5Awrite(attribute.id, fileType.id, $0.baseAddress) }
    try location.check(result, failure)
  }
}
