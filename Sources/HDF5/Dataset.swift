internal import CHDF5

/// An array in an HDF5 file, row-major.
package struct Dataset: Located {
  package let location: Location
  /// What the elements are in the file.
  package let type: ElementType
  /// The lengths of the axes; empty for a single number.
  package let shape: [Int]
  /// The lengths of a chunk, or nil where the elements lie in one piece.
  package let chunk: [Int]?

  /// The number of elements.
  package var count: Int { shape.reduce(1, *) }

  /// The dataset's path within the file.
  package var name: String { location.name }

  /// The dataset in an error: "dataset model/conv_in.weight".
  package var kind: String { "dataset \(location.name)" }

  init(created location: Location, _ type: ElementType, _ shape: [Int], chunk: [Int]) {
    self.location = location
    self.type = type
    self.shape = shape
    self.chunk = chunk
  }

  /// Describes the open dataset at `location`, after making sure that its data lie in the file.
  init(opening location: Location) throws(HDF5Error) {
    Library.enter()
    defer { Library.leave() }
    self.location = location
    let failure = "dataset \(location.name) could not be opened"
    let fileType = try location.own(H5Dget_type(location.id), failure)
    type = ElementType(of: fileType.id)
    let elementSize = H5Tget_size(fileType.id)

    let space = try location.own(H5Dget_space(location.id), failure)
    shape = try Self.shape(of: space.id, location)
    let creation = try location.own(H5Dget_create_plist(location.id), failure)
    chunk = try Self.chunk(of: creation.id, location, rank: shape.count)
    try checkStorage(
      elementSize: elementSize, packing: try Self.checkFilters(of: creation.id, location))
  }

  /// The lengths of a dataspace's axes, which fit into an Int together.
  static func shape(of space: hid_t, _ location: Location) throws(HDF5Error) -> [Int] {
    let failure = "\(location.name) could not be opened"
    let rank = try location.check(H5Sget_simple_extent_ndims(space), failure)
    var extent = [hsize_t](repeating: 0, count: Int(rank))
    try location.check(H5Sget_simple_extent_dims(space, &extent, nil), failure)
    guard H5Sget_simple_extent_type(space) != H5S_NULL else { return [0] }
    var count = 1
    for length in extent {
      let (product, overflow) = count.multipliedReportingOverflow(by: Int(clamping: length))
      if overflow || product > 1 << 48 {
        throw .hollow(
          path: location.path, object: location.name, shape: extent.map { Int(clamping: $0) },
          bytes: 0)
      }
      count = max(1, product)
    }
    return extent.map { Int($0) }
  }

  private static func chunk(
    of creation: hid_t, _ location: Location, rank: Int
  ) throws(HDF5Error) -> [Int]? {
    let layout = H5Pget_layout(creation)
    let object = "dataset \(location.name)"
    if layout == H5D_VIRTUAL {
      throw .elsewhere(path: location.path, object: object, kind: "virtual")
    }
    if H5Pget_external_count(creation) != 0 {
      throw .elsewhere(path: location.path, object: object, kind: "external")
    }
    guard layout == H5D_CHUNKED else { return nil }
    var chunk = [hsize_t](repeating: 1, count: rank)
    try location.check(
      H5Pget_chunk(creation, CInt(rank), &chunk), "\(object) could not be opened")
    return chunk.map { Int(clamping: $0) }
  }

  /// How many bytes one stored byte can become: 1, or deflate's limit.
  private static func checkFilters(
    of creation: hid_t, _ location: Location
  ) throws(HDF5Error) -> Int {
    var packing = 1
    let failure = "dataset \(location.name) could not be opened"
    let filters = try location.check(H5Pget_nfilters(creation), failure)
    for index in 0..<UInt32(filters) {
      let filter = H5Pget_filter2(creation, index, nil, nil, nil, 0, nil, nil)
      switch try location.check(filter, failure) {
      case H5Z_FILTER_DEFLATE: packing = 1032
      case H5Z_FILTER_SHUFFLE, H5Z_FILTER_FLETCHER32: break
      default:
        throw .filter(
          path: location.path, object: "dataset \(location.name)", number: Int(filter))
      }
    }
    return packing
  }

  /// Refuses a shape that the stored bytes cannot fill, before anybody takes memory for it.
  private func checkStorage(elementSize: Int, packing: Int) throws(HDF5Error) {
    guard !location.file.isWritable else { return }
    let stored = min(Int(clamping: H5Dget_storage_size(location.id)), location.file.size)
    let limit = stored.multipliedReportingOverflow(by: packing)
    let needed = count.multipliedReportingOverflow(by: elementSize)
    if needed.overflow || (!limit.overflow && needed.partialValue > limit.partialValue) {
      throw .hollow(path: location.path, object: kind, shape: shape, bytes: stored)
    }
  }
}
