/// The members of a group.
enum Links {
  enum Target: Sendable {
    /// An object's header.
    case object(UInt64)
    /// A link that is not followed, in words: "a soft".
    case other(String)
  }

  /// Longer names are nobody's.
  private static let longestName = 4096

  /// Every member with its name.
  static func all(
    of header: ObjectHeader, _ bytes: StoredBytes
  ) throws(Problem) -> [(name: String, target: Target)] {
    if let table = try header.body(.symbolTable) { return try symbols(table, bytes) }
    var links: [(name: String, target: Target)] = []
    for message in header.all(.link) { links.append(try link(message.body)) }
    guard let information = try header.body(.linkInformation) else { return links }
    var reader = ByteReader(information)
    _ = try reader.version(0)
    if try reader.byte() & 1 != 0 { try reader.skip(8) }
    let (heap, index) = (try reader.address(), try reader.address())
    if heap == ByteReader.undefined { return links }
    let names = try FractalHeap(bytes, at: heap)
    for record in try BTree2.records(bytes, at: index, types: [5]).records {
      links.append(try link(names.object(record.dropFirst(4))))
    }
    return links
  }

  /// Reads a link message.
  private static func link(_ body: ArraySlice<UInt8>) throws(Problem) -> (String, Target) {
    var reader = ByteReader(body)
    _ = try reader.version(1)
    let flags = try reader.byte()
    let type = flags & 8 != 0 ? try reader.byte() : 0
    if flags & 4 != 0 { try reader.skip(8) }
    if flags & 16 != 0 { try reader.skip(1) }
    let name = try reader.name(try length(reader.size(1 << Int(flags & 3))))
    switch type {
    case 0: return (name, .object(try reader.address()))
    case 1: return (name, .other("a soft"))
    case 64: return (name, .other("an external"))
    default: return (name, .other("a user-defined"))
    }
  }

  private static func length(_ length: Int) throws(Problem) -> Int {
    if length > longestName { throw .malformed("one of its members has a name without end") }
    return length
  }

  /// The members of a group of the format's first version.
  private static func symbols(
    _ table: ArraySlice<UInt8>, _ bytes: StoredBytes
  ) throws(Problem) -> [(name: String, target: Target)] {
    var reader = ByteReader(table)
    let (tree, heap) = (try reader.address(), try reader.address())
    var start = ByteReader(try bytes.read(at: heap, count: 32))
    try start.signature("HEAP")
    _ = try start.version(0)
    try start.skip(3)
    let size = try start.size(8)
    try start.skip(8)
    let names = try bytes.read(at: try start.address(), count: size)

    var links: [(name: String, target: Target)] = []
    try BTree1.walk(bytes, root: tree, type: 0, keySize: 8) { _, node throws(Problem) in
      var prefix = ByteReader(try bytes.read(at: node, count: 8))
      try prefix.signature("SNOD")
      _ = try prefix.version(1)
      try prefix.skip(1)
      let count = try prefix.size(2)
      var entries = ByteReader(try bytes.read(at: node + 8, count: 40 * count))
      for _ in 0..<count {
        let offset = try entries.size(8)
        let address = try entries.address()
        let cache = try entries.number(4)
        try entries.skip(20)
        guard offset < names.count else { throw .malformed("one of its members has no name") }
        let name = names[offset...].prefix(longestName + 1).prefix { $0 != 0 }
        _ = try length(name.count)
        links.append(
          (String(decoding: name, as: UTF8.self), cache == 2 ? .other("a soft") : .object(address)))
      }
    }
    return links
  }
}
