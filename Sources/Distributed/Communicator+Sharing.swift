extension Communicator {
  /// What rank 0 finds, on all ranks.
  ///
  /// - Parameter find: is called on rank 0 alone.
  /// - Throws: on rank 0 what `find` throws, on the others `DistributedError.elsewhere` with its text.
  package func share<Value: Codable>(_ find: () throws -> Value) throws -> Value {
    if size == 1 { return try find() }
    if !isFirst {
      var bytes: [UInt8] = []
      broadcast(&bytes)
      switch try MessageCoding.value(Found<Value>.self, of: bytes) {
      case .value(let value): return value
      case .error(let text): throw DistributedError.elsewhere(text)
      }
    }
    do {
      let value = try find()
      var bytes = try MessageCoding.bytes(of: Found.value(value))
      broadcast(&bytes)
      return value
    } catch {
      var bytes = try MessageCoding.bytes(of: Found<Value>.error("\(error)"))
      broadcast(&bytes)
      throw error
    }
  }

  /// A value as the bytes of a message.
  package func encoded(_ value: some Encodable) throws -> [UInt8] {
    try MessageCoding.bytes(of: value)
  }

  /// The value of a message.
  package func decoded<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) throws -> Value {
    try MessageCoding.value(type, of: bytes)
  }

  /// Does work on rank 0 alone, and waits for it on the others.
  ///
  /// - Throws: as `share`.
  package func first(_ work: () throws -> Void) throws {
    _ = try share {
      try work()
      return true
    }
  }

  /// Does work on each rank.
  ///
  /// - Throws: on all ranks where it fails on any: its own error, elsewhere `DistributedError.elsewhere`.
  package func everywhere<Value>(_ work: () throws -> Value) throws -> Value {
    if size == 1 { return try work() }
    let result = Result { try work() }
    var failure: (any Error)?
    if case .failure(let error) = result { failure = error }
    if any(failure != nil) {
      let failures = try collect(failure.map { "\($0)" })
      throw failure ?? DistributedError.elsewhere(failures.compactMap(\.self).first ?? "")
    }
    return try result.get()
  }

  /// Makes sure that all ranks have the same `text`, such as settings or a list of images.
  ///
  /// - Throws: `DistributedError.differs` on all ranks.
  package func requireSame(_ what: String, _ text: String) throws {
    if size == 1 { return }
    var first = [UInt8](text.utf8)
    broadcast(&first)
    try require(first.elementsEqual(text.utf8)) { .differs(what, rank: $0) }
  }

  /// Makes sure that something holds on all ranks.
  ///
  /// - Parameter error: of the first rank on which it does not.
  /// - Throws: that error, on all ranks.
  package func require(_ holds: Bool, or error: (_ rank: Int) -> DistributedError) throws {
    if let rank = gather([holds ? 0 : 1]).firstIndex(of: 1) { throw error(rank) }
  }
}

/// What rank 0 tells the others: a value, or the text of an error.
private enum Found<Value: Codable>: Codable {
  case value(Value)
  case error(String)
}
