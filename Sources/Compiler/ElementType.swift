/// What images and the convolutions' copies of their weights are kept in. All else is float32:
/// parameters, statistics, sums, rows (N, C), losses and the parameters' gradients.
package enum ElementType: Hashable, Sendable {
  case float32
  /// A float32's upper half: its range, with 8 bits of precision.
  case bfloat16

  /// How many elements take the place of a float.
  var elementsPerFloat: Int { self == .bfloat16 ? 2 : 1 }
}
