/// A B-tree of the format's second version, as a list of its records.
enum BTree2 {
  /// Every record, in no order.
  ///
  /// - Parameter types: which records there may be, by the format's numbers.
  static func records(
    _ bytes: StoredBytes, at address: UInt64, types: Set<UInt8>
  ) throws(Problem) -> (type: UInt8, records: [ArraySlice<UInt8>]) {
    var header = try bytes.readChecked(at: address, count: 38)
    try header.signature("BTHD")
    _ = try header.version(0)
    let type = try header.byte()
    guard types.contains(type) else { throw .malformed("its index is of another kind") }
    let nodeSize = try header.size(4)
    let recordSize = try header.size(2)
    let depth = try header.size(2)
    try header.skip(2)
    let root = try header.address()
    let rootCount = try header.size(2)
    guard recordSize > 0, nodeSize >= 10 + recordSize, depth < 32 else {
      throw .malformed("its index has sizes that cannot be")
    }
    if root == ByteReader.undefined { return (type, []) }

    // How many bytes the numbers of records take in a node of each depth.
    let countSize = byteCount((nodeSize - 10) / recordSize)
    var totals = [(nodeSize - 10) / recordSize]
    var totalSizes = [0]
    for level in 0..<depth {
      let pointer = 8 + countSize + totalSizes[level]
      let most = max(0, nodeSize - 10 - pointer) / (recordSize + pointer)
      let (product, overflow) = (most + 1).multipliedReportingOverflow(by: totals[level])
      guard most > 0, !overflow, product < 1 << 60 else {
        throw .malformed("its index has sizes that cannot be")
      }
      totals.append(product + most)
      totalSizes.append(byteCount(product + most))
    }

    var records: [ArraySlice<UInt8>] = []
    var pending = [(address: root, count: rootCount, depth: depth)]
    var visited: Set<UInt64> = []
    while let node = pending.popLast() {
      guard visited.insert(node.address).inserted else {
        throw .malformed("its index leads back to itself")
      }
      let pointer = node.depth == 0 ? 0 : 8 + countSize + totalSizes[node.depth - 1]
      let used = 6 + node.count * recordSize + (node.depth == 0 ? 0 : (node.count + 1) * pointer)
      guard used + 4 <= nodeSize else { throw .malformed("its index has too many records") }
      var reader = try bytes.readChecked(at: node.address, count: used + 4)
      try reader.signature(node.depth == 0 ? "BTLF" : "BTIN")
      _ = try reader.version(0)
      if try reader.byte() != type { throw .malformed("its index is of another kind") }
      for _ in 0..<node.count { records.append(try reader.take(recordSize)) }
      guard node.depth > 0 else { continue }
      for _ in 0...node.count {
        let child = try reader.address()
        let count = try reader.size(countSize)
        try reader.skip(totalSizes[node.depth - 1])
        pending.append((child, count, node.depth - 1))
      }
    }
    return (type, records)
  }

  /// Bytes that numbers up to `limit` take.
  static func byteCount(_ limit: Int) -> Int {
    limit < 1 ? 1 : (Int.bitWidth - 1 - limit.leadingZeroBitCount) / 8 + 1
  }
}
