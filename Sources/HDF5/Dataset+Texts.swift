internal import CHDF5

extension Dataset {
  /// Reads a list of texts, of fixed or variable length.
  ///
  /// - Throws: `wrongType` for numbers, `damaged`, and what the C library says.
  package func texts() throws(HDF5Error) -> [String] {
    Library.enter()
    defer { Library.leave() }
    let failure = "\(kind) could not be read"
    let fileType = try location.own(H5Dget_type(location.id), failure)
    let space = try location.own(H5Dget_space(location.id), failure)
    let id = location.id
    return try TextCoding.read(
      type, fileType.id, space.id, count: count, location, kind
    ) { memoryType, bytes in
      H5Dread(id, memoryType, st_h5_all(), st_h5_all(), st_h5_default(), bytes)
    }
  }

  /// Writes all texts of a dataset that was created for this length.
  func write(_ texts: [String]) throws(HDF5Error) {
    precondition(texts.count == count)
    guard case .text(let length) = type else {
      preconditionFailure("\(kind) holds \(type)")
    }
    try write(TextCoding.bytes(of: texts, length: length), in: Selection([], of: shape))
  }
}
