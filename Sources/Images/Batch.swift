/// Training examples that are taken together.
package struct Batch: Equatable, Sendable {
  /// (N, C, H, W), on the scale [-1, 1].
  package let values: [Float]
  /// (N): which image each example is of.
  package let images: [Int]
  /// (N): the place in the endless order that each stands for.
  package let positions: Range<Int>
}
