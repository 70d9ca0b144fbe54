/// Text files as editors and shells of all systems write them.
package enum PlainText {
  /// The text of a file's bytes: UTF-8, or UTF-16 where a byte order mark says so, without the mark.
  package static func decoded(_ bytes: some Collection<UInt8>) -> String {
    switch Array(bytes.prefix(2)) {
    case [0xff, 0xfe]: return utf16(bytes.dropFirst(2)) { UInt16($0) | UInt16($1) << 8 }
    case [0xfe, 0xff]: return utf16(bytes.dropFirst(2)) { UInt16($0) << 8 | UInt16($1) }
    default:
      let isMarked = bytes.starts(with: [0xef, 0xbb, 0xbf])
      return String(decoding: bytes.dropFirst(isMarked ? 3 : 0), as: UTF8.self)
    }
  }

  private static func utf16(
    _ bytes: some Collection<UInt8>, _ unit: (UInt8, UInt8) -> UInt16
  ) -> String {
    let bytes = Array(bytes)
    let units = stride(from: 0, to: bytes.count - 1, by: 2).map { unit(bytes[$0], bytes[$0 + 1]) }
    return String(decoding: units, as: UTF16.self)
  }
}
