/// How many neighboring pixels of a picture are equal, and where.
///
/// White noise of a gray level leaves 0.02 of those of an area equal, noise of 2 levels that is alike in all colors 0.14, and there is
/// more in pictures than areas. JPEG leaves areas equal, and little where they meet. What cameras make of weak noise in the smooth
/// parts of a JPEG file leaves up to 0.52 of all neighbors equal, and of the others hardly one differs by much.
///
/// Of 474 photographs, sprites and textures with 40 kinds of noise and JPEG, and of pages of text as JPEG of quality 25 to 95,
/// `leaveNoNoise` is true of some in a hundred textures with blurred gray noise of 2 levels or with JPEG, and of hardly any
/// other; without noise it is true of 64 sprites and textures in a hundred, and of pages.
struct EqualNeighbors {
  /// The side of JPEG's blocks.
  static let block = 8
  /// The side of the squares that are looked at alone, and the neighbors that tell something there and in a block.
  private static let (side, fewestOfSquare, fewestOfBlock) = (16, 128, 56)
  /// The part of equal neighbors past which there is no noise, where most others differ by more than noise of a level or two
  /// makes, and where they do not; and past which there are areas, most of all.
  private static let (least, leastAmongSmall, areas) = (0.12, 0.55, 0.5)
  /// What a difference is at most that is small, in gray levels of 65,535; the largest part of them among all.
  private static let (small, mostSmall) = (16 * 257, 0.7)
  /// The least part of equal ones in a square, and the largest part of squares that have less.
  private static let (leastOfSquare, mostSquares) = (0.05, 0.07)
  /// The same of blocks that are not of one color, in pictures of texture and of areas.
  private static let (texture, drawing) = ((least: 0.08, most: 0.25), (least: 0.3, most: 0.1))
  /// What pictures are enlarged by, pixel by pixel, is looked for among the divisors of this.
  private static let enlargements = 24

  private struct Count {
    var (pairs, equal) = (0, 0)
    var part: Double { Double(equal) / Double(max(pairs, 1)) }

    mutating func add(_ isEqual: Bool) {
      pairs += 1
      if isEqual { equal += 1 }
    }

    static func += (sum: inout Count, other: Count) {
      sum.pairs += other.pairs
      sum.equal += other.equal
    }
  }

  /// The counts in squares of a side, row by row.
  private struct Squares {
    let side, columns: Int
    private(set) var counts: [Count] = []

    init(side: Int, width: Int) { (self.side, columns) = (side, (width + side - 1) / side) }

    mutating func add(_ isEqual: Bool, column: Int, row: Int) {
      let square = row / side * columns + column / side
      if square >= counts.count {
        counts += [Count](repeating: Count(), count: square + 1 - counts.count)
      }
      counts[square].add(isEqual)
    }
  }

  private var all = Count()
  private var squares, blocks: Squares
  /// Of neighbors beside each other by the column of the first.
  private var columns = [Count](repeating: Count(), count: enlargements)
  private var smallOnes = 0

  /// Of a picture that is so wide.
  init(width: Int) {
    squares = Squares(side: Self.side, width: width)
    blocks = Squares(side: Self.block, width: width)
  }

  /// Counts two neighbors, of which the first is at `column` in one of the rows that are looked at, the other below it or beside it,
  /// and perhaps across a block's edge. Those from which noise may have been cut off are not to be counted.
  mutating func add(_ difference: Int, column: Int, row: Int, isBelow: Bool, isAcross: Bool) {
    let isEqual = difference == 0
    all.add(isEqual)
    if !isEqual && difference <= Self.small { smallOnes += 1 }
    squares.add(isEqual, column: column, row: row)
    if !isAcross { blocks.add(isEqual, column: column, row: row) }
    if !isBelow { columns[column % Self.enlargements].add(isEqual) }
  }

  /// Whether so many neighbors are equal, wherever one looks, that there is no noise.
  ///
  /// - Parameter isGray: of gray pictures noise leaves more neighbors equal, most of all where they have fewer levels than 256.
  func leaveNoNoise(isGray: Bool) -> Bool {
    let areSmall = Double(smallOnes) >= Self.mostSmall * Double(all.pairs - all.equal)
    if areSmall && isGray || all.part <= (areSmall ? Self.leastAmongSmall : Self.least) {
      return false
    }
    if isEnlarged { return false }
    let telling = squares.counts.filter { $0.pairs >= Self.fewestOfSquare }
    let mixed = blocks.counts.filter { $0.pairs >= Self.fewestOfBlock && $0.equal < $0.pairs }
    let limits = all.part < Self.areas ? Self.texture : Self.drawing
    return Self.hasFew(telling, below: Self.leastOfSquare, most: Self.mostSquares)
      && Self.hasFew(mixed, below: limits.least, most: limits.most)
  }

  /// Whether each pixel is there several times, so that neighbors would be equal with noise as well.
  private var isEnlarged: Bool {
    (2...Self.enlargements).contains { factor in
      guard Self.enlargements % factor == 0 else { return false }
      var (within, across) = (Count(), Count())
      for (column, count) in columns.enumerated() {
        if column % factor == factor - 1 { across += count } else { within += count }
      }
      return within.equal == within.pairs && across.part < Self.areas
    }
  }

  /// Whether at most a part of counts, of which there are some, have fewer equal ones.
  private static func hasFew(_ counts: [Count], below least: Double, most: Double) -> Bool {
    let fewer = counts.count { $0.part < least }
    return !counts.isEmpty && Double(fewer) <= most * Double(counts.count)
  }
}
