/// A B-tree of the format's first version: of a group's names, or of a dataset's chunks.
enum BTree1 {
  /// Calls `visit` with the key before each child of the lowest level, and the child.
  ///
  /// - Parameters:
  ///   - type: 0 for groups, 1 for chunks.
  ///   - keySize: bytes of a key.
  static func walk(
    _ bytes: StoredBytes, root: UInt64, type: UInt8, keySize: Int,
    visit: (_ key: ArraySlice<UInt8>, _ child: UInt64) throws(Problem) -> Void
  ) throws(Problem) {
    if root == ByteReader.undefined { return }
    // Nodes and the level that they have to have.
    var pending: [(address: UInt64, level: UInt8?)] = [(root, nil)]
    var visited: Set<UInt64> = []
    while let (address, expected) = pending.popLast() {
      guard visited.insert(address).inserted else {
        throw .malformed("its index leads back to itself")
      }
      var start = ByteReader(try bytes.read(at: address, count: 24))
      try start.signature("TREE")
      let (found, level) = (try start.byte(), try start.byte())
      if found != type { throw .malformed("its index is of another kind") }
      if let expected, level != expected { throw .malformed("its index has a wrong level") }
      let entries = try start.size(2)
      let size = entries * (keySize + 8) + keySize
      var reader = ByteReader(try bytes.read(at: address + 24, count: size))
      for _ in 0..<entries {
        let key = try reader.take(keySize)
        let child = try reader.address()
        if level == 0 {
          try visit(key, child)
        } else {
          pending.append((child, level - 1))
        }
      }
    }
  }
}
