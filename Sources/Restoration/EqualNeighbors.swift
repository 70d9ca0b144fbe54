/// How many neighboring pixels of a picture are equal, and where.
///
/// White noise of a gray level leaves 0.02 of those of an area equal, noise of 2 levels that is alike in all colors 0.14, and there is
/// more in pictures than areas. JPEG makes many of them equal, but few across the edges of its blocks. Of 474 photographs, sprites
/// and textures with 26 kinds of noise and JPEG `leaveNoNoise` is true of some in a hundred textures with blurred gray noise of 2
/// levels, and of hardly any other.
struct EqualNeighbors {
  /// The side of JPEG's blocks.
  static let block = 8
  /// The side of the squares that are looked at alone, and the neighbors that tell something there.
  private static let (side, fewest) = (16, 128)
  /// The part of equal neighbors past which there is no noise, where most others differ by more than noise of a level or two
  /// makes, and where they do not; and the least in each square.
  private static let (least, leastAmongSmall, leastOfSquare) = (0.12, 0.2, 0.05)
  /// The least ratio of the parts across and within blocks: of JPEG it is up to 0.66.
  private static let leastAcross = 0.7
  /// What a difference is at most that is small, in gray levels of 65,535; the largest part of them among all.
  private static let (small, mostSmall) = (16 * 257, 0.7)
  /// The largest part of squares with fewer equal neighbors.
  private static let mostOther = 0.07

  private struct Count {
    var (pairs, equal) = (0, 0)
    var part: Double { Double(equal) / Double(max(pairs, 1)) }

    mutating func add(_ isEqual: Bool) {
      pairs += 1
      if isEqual { equal += 1 }
    }
  }

  private let columns: Int
  private var (all, within, across) = (Count(), Count(), Count())
  private var squares: [Count] = []
  private var smallOnes = 0

  /// Of a picture that is so wide.
  init(width: Int) {
    columns = (width + Self.side - 1) / Self.side
  }

  /// Counts two neighbors, of which the first is at `column` in one of the rows that are looked at, and which may lie on two sides
  /// of a block's edge. Those from which noise may have been cut off are not to be counted.
  mutating func add(_ difference: Int, column: Int, row: Int, isAcross: Bool) {
    let isEqual = difference == 0
    all.add(isEqual)
    if isAcross { across.add(isEqual) } else { within.add(isEqual) }
    if !isEqual && difference <= Self.small { smallOnes += 1 }
    let square = row / Self.side * columns + column / Self.side
    if square >= squares.count {
      squares += [Count](repeating: Count(), count: square + 1 - squares.count)
    }
    squares[square].add(isEqual)
  }

  /// Whether so many neighbors are equal, wherever one looks, that there is no noise.
  ///
  /// - Parameters:
  ///   - mayBeJPEG: false where there are too few colors for that.
  ///   - isGray: of gray pictures noise leaves more neighbors equal, most of all where they have fewer levels than 256.
  func leaveNoNoise(mayBeJPEG: Bool, isGray: Bool) -> Bool {
    let telling = squares.filter { $0.pairs >= Self.fewest }
    let others = telling.count { $0.part < Self.leastOfSquare }
    let areSmall = Double(smallOnes) >= Self.mostSmall * Double(all.pairs - all.equal)
    return !telling.isEmpty && !(areSmall && isGray)
      && all.part > (areSmall ? Self.leastAmongSmall : Self.least)
      && (!mayBeJPEG || across.part > Self.leastAcross * within.part)
      && Double(others) <= Self.mostOther * Double(telling.count)
  }
}
