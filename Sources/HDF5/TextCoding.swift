internal import CHDF5

/// Texts as the C library keeps them.
enum TextCoding {
  /// UTF-8, each text filled up with zeros to `length` bytes.
  static func bytes(of texts: [String], length: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(texts.count * length)
    for text in texts {
      precondition(text.utf8.count <= length)
      bytes += text.utf8
      bytes += repeatElement(0, count: length - text.utf8.count)
    }
    return bytes
  }

  /// Reads `count` texts with the call `fetch`, which is given a type and memory for its elements.
  static func read(
    _ type: ElementType, _ fileType: hid_t, _ space: hid_t, count: Int, _ location: Location,
    _ object: String, _ fetch: (hid_t, UnsafeMutableRawPointer?) -> herr_t
  ) throws(HDF5Error) -> [String] {
    let failure = "\(object) could not be read"
    switch type {
    case .text(let length):
      var bytes = [UInt8](repeating: 0, count: count * length)
      try location.check(bytes.withUnsafeMutableBytes { fetch(fileType, $0.baseAddress) }, failure)
      let padding: UInt8 = H5Tget_strpad(fileType) == H5T_STR_SPACEPAD ? 0x20 : 0
      return (0..<count).map { index in
        let text = bytes[index * length..<(index + 1) * length]
        let end =
          padding == 0
          ? text.firstIndex(of: 0) ?? text.endIndex
          : (text.lastIndex { $0 != padding } ?? text.startIndex - 1) + 1
        return String(decoding: text[..<end], as: UTF8.self)
      }
    case .variableText:
      var pointers = [UnsafeMutablePointer<CChar>?](repeating: nil, count: count)
      let result = pointers.withUnsafeMutableBytes { fetch(fileType, $0.baseAddress) }
      try location.check(result, failure)
      let texts = pointers.map { $0.map { String(cString: $0) } ?? "" }
      pointers.withUnsafeMutableBytes {
        _ = H5Dvlen_reclaim(fileType, space, st_h5_default(), $0.baseAddress)
      }
      return texts
    default:
      throw .wrongType(
        path: location.path, object: object, found: type.description, expected: "text")
    }
  }
}
