/// What the compiler has to know of a backend.
struct Target {
  /// How many channels lie together in images (N, H, W, C); 1 where channels are not blocked.
  let channelBlock: Int

  /// Channels rounded up to whole blocks.
  func wholeBlocks(_ channels: Int) -> Int { channels.roundedUp(toMultipleOf: channelBlock) }
}
