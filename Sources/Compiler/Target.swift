/// What the compiler has to know of a backend.
package struct Target: Equatable, Sendable {
  /// How many channels lie together in images (N, H, W, C); 1 where channels are not blocked.
  package let channelBlock: Int
  /// Tensors and parameters begin at multiples of so many floats.
  package let alignment: Int
  /// Which operations one of its kernels computes together.
  package let fusions: Set<Fusion>

  package init(channelBlock: Int, alignment: Int, fusions: Set<Fusion>) {
    self.channelBlock = channelBlock
    self.alignment = alignment
    self.fusions = fusions
  }

  /// Channels rounded up to whole blocks.
  package func wholeBlocks(_ channels: Int) -> Int {
    channels.roundedUp(toMultipleOf: channelBlock)
  }
}

/// Operations that become one instruction, where nobody else reads the value between.
package enum Fusion: CaseIterable, Sendable {
  /// silu(norm(x)), of either norm.
  case siluOfNorm
  /// norm(x + shift)
  case normOfShift
  /// norm(concatenate(a, b)), where a fills whole blocks of channels.
  case normOfConcatenation
  /// convolution(concatenate(a, b)) of one pixel: two convolutions, the second adding to the first.
  case convolutionOfConcatenation
  /// x + convolution(y)
  case sumWithConvolution
}
