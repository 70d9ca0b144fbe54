extension Communicator {
  /// What each rank says, in order of the ranks.
  package func collect<Value: Codable>(_ value: Value) throws -> [Value] {
    if size == 1 { return [value] }
    let own = try MessageCoding.bytes(of: [value])
    return try (0..<size).map { rank in
      var bytes = own
      broadcast(&bytes, from: rank)
      return try MessageCoding.value([Value].self, of: bytes)[0]
    }
  }

  /// What the parts of some work give, in order, on all ranks, which make them in turn: part k is made by
  /// rank k mod `size`.
  ///
  /// - Parameter make: makes a part; nil where the work is to end without a result.
  /// - Returns: nil where a part was.
  /// - Throws: on all ranks what a part throws, elsewhere as `DistributedError.elsewhere`.
  package func results(of parts: Int, _ make: (Int) throws -> [UInt8]?) throws -> [[UInt8]]? {
    var own: [Int: [UInt8]] = [:]
    var isStopped = false
    try everywhere {
      for part in stride(from: rank, to: parts, by: size) where !isStopped {
        own[part] = try make(part)
        isStopped = own[part] == nil
      }
    }
    if any(isStopped) { return nil }
    return (0..<parts).map { part in
      var bytes = own[part] ?? []
      broadcast(&bytes, from: part % size)
      return bytes
    }
  }
}
