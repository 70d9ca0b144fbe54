internal import CHDF5

/// A Swift number that datasets are read into and written from.
package protocol Element: BitwiseCopyable, Sendable {
  /// The type in the file that holds exactly these numbers.
  static var elementType: ElementType { get }
}

extension Float: Element {
  package static var elementType: ElementType { .float32 }
}

extension Double: Element {
  package static var elementType: ElementType { .float64 }
}

extension Int: Element {
  package static var elementType: ElementType { .int64 }
}

extension Int64: Element {
  package static var elementType: ElementType { .int64 }
}

extension UInt64: Element {
  package static var elementType: ElementType { .uint64 }
}

extension Int32: Element {
  package static var elementType: ElementType { .int32 }
}

extension UInt8: Element {
  package static var elementType: ElementType { .uint8 }
}

extension Element {
  /// The C library's type of these numbers in memory; it is the library's own, not to be closed.
  static var nativeType: hid_t {
    switch elementType {
    case .float32: st_h5_native_float()
    case .float64: st_h5_native_double()
    case .int32: st_h5_native_int32()
    case .uint64: st_h5_native_uint64()
    case .uint8: st_h5_native_uint8()
    default: st_h5_native_int64()
    }
  }

  /// Whether elements of `type` become these numbers: floats stay floats, integers integers.
  static func accepts(_ type: ElementType) -> Bool {
    switch (elementType, type) {
    case (.float, .float), (.integer, .integer): true
    default: false
    }
  }

  /// What a reader that asks for these numbers expects, for its error.
  static var expectation: String {
    if case .float = elementType { "floating-point numbers" } else { "integers" }
  }
}
