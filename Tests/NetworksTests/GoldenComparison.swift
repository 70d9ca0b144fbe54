/// The largest difference, as a part of the largest expected value; infinite where a value is no
/// number.
func largestError(of values: [Float], from expected: [Float]) -> Float {
  guard values.count == expected.count, values.allSatisfy(\.isFinite) else { return .infinity }
  let largest = expected.reduce(0) { max($0, abs($1)) }
  return zip(values, expected).reduce(0) { max($0, abs($1.0 - $1.1)) } / largest
}

/// The mean square of the differences as a part of the expected values', as a root; infinite where
/// counts differ.
func relativeError(of values: [Float], from expected: [Float]) -> Double {
  guard values.count == expected.count else { return .infinity }
  return zip(values, expected).map(-).norm / expected.norm
}

extension [Float] {
  /// The square root of the sum of squares.
  var norm: Double { reduce(0) { $0 + Double($1) * Double($1) }.squareRoot() }
}
