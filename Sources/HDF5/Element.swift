/// A Swift number that datasets are read into and written from.
package protocol Element: BitwiseCopyable, Sendable {
  /// The type in the file that holds exactly these numbers.
  static var elementType: ElementType { get }

  /// The nearest to a number of a file.
  init(nearestTo number: Double)
  /// The nearest to a number of a file.
  init(nearestTo number: Int64)
  /// The nearest to a number of a file.
  init(nearestTo number: UInt64)
}

extension Element where Self: BinaryFloatingPoint {
  /// The number, rounded.
  package init(nearestTo number: Double) { self.init(number) }
  /// The number, rounded.
  package init(nearestTo number: Int64) { self.init(number) }
  /// The number, rounded.
  package init(nearestTo number: UInt64) { self.init(number) }
}

extension Element where Self: FixedWidthInteger {
  /// The whole number, or the nearest that there is.
  package init(nearestTo number: Double) {
    self = Self(exactly: number.rounded()) ?? (number > 0 ? .max : number < 0 ? .min : 0)
  }
  /// The number, or the nearest that there is.
  package init(nearestTo number: Int64) { self.init(clamping: number) }
  /// The number, or the nearest that there is.
  package init(nearestTo number: UInt64) { self.init(clamping: number) }
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
