internal import CHDF5

/// What the elements of a dataset or attribute are in the file.
package enum ElementType: Equatable, Sendable {
  /// IEEE numbers of 16, 32 or 64 bits.
  case float(bits: Int)
  /// Integers of 8, 16, 32 or 64 bits; Booleans of h5py count as 8-bit integers.
  case integer(bits: Int, signed: Bool)
  /// Text of a fixed number of bytes of UTF-8, filled up with zeros.
  case text(bytes: Int)
  /// Text of any length, which Stipple reads but never writes: it carries no checksum.
  case variableText
  /// Compounds, references and the like, which Stipple does not read.
  case other

  package static let float16 = ElementType.float(bits: 16)
  package static let float32 = ElementType.float(bits: 32)
  package static let float64 = ElementType.float(bits: 64)
  static let int32 = ElementType.integer(bits: 32, signed: true)
  package static let int64 = ElementType.integer(bits: 64, signed: true)
  package static let uint64 = ElementType.integer(bits: 64, signed: false)
  package static let uint8 = ElementType.integer(bits: 8, signed: false)

  /// Bytes of one element in the file, and 1 where that is unknown.
  package var byteCount: Int {
    switch self {
    case .float(let bits), .integer(let bits, _): bits / 8
    case .text(let bytes): bytes
    case .variableText, .other: 1
    }
  }
}

extension ElementType: CustomStringConvertible {
  package var description: String {
    switch self {
    case .float(let bits): "\(bits)-bit floating-point numbers"
    case .integer(let bits, let signed): "\(bits)-bit \(signed ? "" : "unsigned ")integers"
    case .text, .variableText: "text"
    case .other: "elements of an unknown type"
    }
  }
}

extension ElementType {
  /// The C library's little-endian type of this kind, or a negative number.
  func makeFileType() -> hid_t {
    switch self {
    case .float16: Self.makeHalf()
    case .float32: H5Tcopy(st_h5_float32())
    case .float64: H5Tcopy(st_h5_float64())
    case .int32: H5Tcopy(st_h5_int32())
    case .int64: H5Tcopy(st_h5_int64())
    case .uint64: H5Tcopy(st_h5_uint64())
    case .uint8: H5Tcopy(st_h5_uint8())
    case .text(let bytes): Self.makeText(size: bytes)
    case .variableText: Self.makeText(size: st_h5_variable_size())
    default: preconditionFailure("\(self) are not written")
    }
  }

  /// IEEE binary16, little-endian, which the library has no name for.
  private static func makeHalf() -> hid_t {
    let id = H5Tcopy(st_h5_float32())
    guard
      H5Tset_fields(id, 15, 10, 5, 0, 10) >= 0, H5Tset_size(id, 2) >= 0,
      H5Tset_ebias(id, 15) >= 0
    else { return -1 }
    return id
  }

  private static func makeText(size: Int) -> hid_t {
    let id = H5Tcopy(st_h5_text())
    guard
      H5Tset_size(id, max(1, size)) >= 0, H5Tset_cset(id, H5T_CSET_UTF8) >= 0,
      size == st_h5_variable_size() || H5Tset_strpad(id, H5T_STR_NULLPAD) >= 0
    else { return -1 }
    return id
  }
}
