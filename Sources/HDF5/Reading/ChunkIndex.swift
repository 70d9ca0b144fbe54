/// Where the chunks of a dataset are.
struct ChunkIndex: Sendable {
  enum Kind: Sendable {
    case tree1(UInt64)
    /// The whole dataset is one chunk; no size where it is as it is in memory.
    case single(storedSize: Int?, mask: UInt32)
    case implicit
    case fixedArray
    case extensibleArray
    case tree2
  }

  /// A chunk in the file.
  struct Chunk: Sendable {
    let address: UInt64
    /// Bytes in the file.
    let size: Int
    /// Which filters were left out for it, a bit for each.
    let mask: UInt32
  }

  /// What there is to know of a dataset.
  struct Grid {
    /// Of the dataset, now and at most.
    let shape: [Int]
    let most: [UInt64]
    /// Of a chunk.
    let lengths: [Int]
    /// Bytes of a chunk in memory.
    let chunkBytes: Int
    let isFiltered: Bool

    /// Chunks along each axis.
    var counts: [Int] { zip(shape, lengths).map { ($0 + $1 - 1) / $1 } }
  }

  private let kind: Kind
  private let address: UInt64

  init(_ kind: Kind, _ address: UInt64) {
    self.kind = kind
    self.address = address
  }

  /// All chunks there are, by their numbers in the order of the dataset's elements.
  func chunks(_ bytes: StoredBytes, _ grid: Grid) throws(Problem) -> [Int: Chunk] {
    if address == ByteReader.undefined || grid.counts.contains(0) { return [:] }
    var table = Table(grid)
    switch kind {
    case .single(let size, let mask):
      table.add(0, Chunk(address: address, size: size ?? grid.chunkBytes, mask: mask))
    case .implicit:
      var place = 0
      try table.eachPlace(upTo: bytes.count / max(1, grid.chunkBytes)) { index throws(Problem) in
        let start = UInt64(clamping: place).multipliedReportingOverflow(by: UInt64(grid.chunkBytes))
        place += 1
        guard let index, !start.overflow else { return }
        let (sum, overflow) = address.addingReportingOverflow(start.partialValue)
        if !overflow { table.add(index, Chunk(address: sum, size: grid.chunkBytes, mask: 0)) }
      }
    case .tree1(let root):
      try BTree1.walk(bytes, root: root, type: 1, keySize: 8 + 8 * (grid.shape.count + 1)) {
        key, child throws(Problem) in
        var reader = ByteReader(key)
        let (size, mask) = (try reader.size(4), UInt32(try reader.number(4)))
        var scaled: [UInt64] = []
        for length in grid.lengths { scaled.append(try reader.number(8) / UInt64(length)) }
        table.add(at: scaled, Chunk(address: child, size: size, mask: mask))
      }
    case .tree2:
      let found = try BTree2.records(bytes, at: address, types: [10, 11])
      for record in found.records {
        var reader = ByteReader(record)
        let start = try reader.address()
        var (size, mask) = (grid.chunkBytes, UInt32(0))
        if found.type == 11 {
          size = try reader.size(record.count - 12 - 8 * grid.shape.count)
          mask = UInt32(try reader.number(4))
        }
        var scaled: [UInt64] = []
        for _ in grid.lengths { scaled.append(try reader.number(8)) }
        table.add(at: scaled, Chunk(address: start, size: size, mask: mask))
      }
    case .fixedArray:
      var elements = try ChunkArray(fixed: bytes, at: address)
      try table.eachPlace(upTo: elements.count) { index throws(Problem) in
        let chunk = try elements.next(grid)
        if let index, let chunk { table.add(index, chunk) }
      }
    case .extensibleArray:
      var elements = try ChunkArray(extensible: bytes, at: address)
      try table.eachPlace(upTo: elements.count) { index throws(Problem) in
        let chunk = try elements.next(grid)
        if let index, let chunk { table.add(index, chunk) }
      }
    }
    return table.chunks
  }

  /// Chunks as they are found.
  private struct Table {
    let grid: Grid
    private(set) var chunks: [Int: Chunk] = [:]

    init(_ grid: Grid) { self.grid = grid }

    mutating func add(_ index: Int, _ chunk: Chunk) {
      if chunk.address != ByteReader.undefined { chunks[index] = chunk }
    }

    /// Adds the chunk at a place in the grid; one outside of the dataset is nobody's.
    mutating func add(at scaled: [UInt64], _ chunk: Chunk) {
      var index = 0
      for (place, count) in zip(scaled, grid.counts) {
        guard place < UInt64(count) else { return }
        index = index * count + Int(place)
      }
      add(index, chunk)
    }

    /// Goes through the places of the grid as it can become at most, and gives each one's number in the
    /// grid as it is now; nil where it is not in that.
    ///
    /// The axis that has no end comes first, as in the arrays of such datasets.
    func eachPlace(
      upTo limit: Int, _ body: (Int?) throws(Problem) -> Void
    ) throws(Problem) {
      let counts = grid.counts
      let endless = grid.most.firstIndex(of: .max)
      var axes = Array(counts.indices)
      if let endless {
        axes.remove(at: endless)
        axes.insert(endless, at: 0)
      }
      let most = axes.map { axis -> Int in
        axis == endless
          ? .max
          : max(1, Int(clamping: (grid.most[axis] - 1) / UInt64(grid.lengths[axis]) + 1))
      }
      var place = [Int](repeating: 0, count: axes.count)
      for _ in 0..<limit {
        var inOrder = [Int](repeating: 0, count: axes.count)
        for (position, axis) in axes.enumerated() { inOrder[axis] = place[position] }
        let isInside = zip(inOrder, counts).allSatisfy { $0 < $1 }
        try body(isInside ? zip(inOrder, counts).reduce(0) { $0 * $1.1 + $1.0 } : nil)
        // The last axis fastest.
        var position = axes.count - 1
        while position >= 0 {
          place[position] += 1
          if place[position] < most[position] { break }
          place[position] = 0
          position -= 1
        }
        if position < 0 { return }
      }
    }
  }
}
