/// Texts as files have them.
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
}
