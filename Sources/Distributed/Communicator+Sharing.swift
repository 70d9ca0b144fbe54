internal import Foundation

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
      let found = try JSONDecoder().decode(Found<Value>.self, from: Data(bytes))
      guard let value = found.value else {
        throw DistributedError.elsewhere(found.error ?? "rank 0 has failed")
      }
      return value
    }
    do {
      let value = try find()
      var bytes = [UInt8](try JSONEncoder().encode(Found(value: value)))
      broadcast(&bytes)
      return value
    } catch {
      var bytes = [UInt8](try JSONEncoder().encode(Found<Value>(error: "\(error)")))
      broadcast(&bytes)
      throw error
    }
  }

  /// Makes sure that all ranks have the same `text`, such as settings or a list of images.
  ///
  /// - Throws: `DistributedError.differs` on all ranks.
  package func requireSame(_ what: String, _ text: String) throws {
    if size == 1 { return }
    var first = [UInt8](text.utf8)
    broadcast(&first)
    let others = gather([first.elementsEqual(text.utf8) ? 0 : 1])
    if let rank = others.firstIndex(of: 1) {
      throw DistributedError.differs(what, rank: rank)
    }
  }
}

/// What rank 0 tells the others: a value, or the text of an error.
private struct Found<Value: Codable>: Codable {
  var value: Value?
  var error: String?
}
