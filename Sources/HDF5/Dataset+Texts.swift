extension Dataset {
  /// Writes all texts of a dataset that was created for this length.
  func write(_ texts: [String]) throws(HDF5Error) {
    precondition(texts.count == count)
    guard case .text(let length) = type else {
      preconditionFailure("\(kind) holds \(type)")
    }
    try write(TextCoding.bytes(of: texts, length: length), in: Selection([], of: shape))
  }
}
