package import PNGCodec

/// Training examples that are taken together.
package struct Batch: Equatable, Sendable {
  /// Images that could not be read for it, with the causes; others are in their places.
  package let unreadable: [Int: PNGError]
  /// (N, C, H, W), on the scale [-1, 1].
  package let values: [Float]
  /// (N): which image each example is of.
  package let images: [Int]
  /// (N): the place in the endless order that each stands for.
  package let positions: Range<Int>
  /// (N, `Augmentation.labelCount`): how they were changed; nil where none is.
  package var augmentation: [Float]?
}
