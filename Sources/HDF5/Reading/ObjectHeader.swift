/// What a file says of one object: its messages.
struct ObjectHeader {
  /// A message's kind, by the format's numbers.
  enum Kind: UInt16 {
    case dataspace = 0x1
    case linkInformation = 0x2
    case datatype = 0x3
    case fillValue = 0x5
    case link = 0x6
    case externalFiles = 0x7
    case layout = 0x8
    case filters = 0xb
    case attribute = 0xc
    case continuation = 0x10
    case symbolTable = 0x11
    case attributeInformation = 0x15
  }

  struct Message {
    let kind: Kind
    let body: ArraySlice<UInt8>
    /// Whether the body says where the message is instead.
    let isShared: Bool
  }

  private(set) var messages: [Message] = []
  private let bytes: StoredBytes
  /// More than any object has, and no end.
  private static let most = 1 << 20

  /// Reads all messages of the object at `address`.
  init(_ bytes: StoredBytes, at address: UInt64) throws(Problem) {
    self.bytes = bytes
    var prefix = ByteReader(try bytes.read(at: address, count: 16))
    if prefix.bytes.starts(with: "OHDR".utf8) {
      try readVersion2(at: address)
    } else {
      _ = try prefix.version(1)
      try prefix.skip(1 + 2 + 4)
      let size = try prefix.size(4)
      try prefix.skip(4)
      try readBlocks(first: (address &+ 16, size), prefix: 8) { block throws(Problem) in
        ByteReader(try bytes.read(at: block.address, count: block.size))
      } message: { reader throws(Problem) in
        let (kind, size) = (UInt16(try reader.number(2)), try reader.size(2))
        let flags = try reader.byte()
        try reader.skip(3)
        return (kind, flags, try reader.take(size))
      }
    }
  }

  private mutating func readVersion2(at address: UInt64) throws(Problem) {
    let bytes = bytes
    let rest = min(48, bytes.count - Int(address))
    var start = ByteReader(try bytes.read(at: address, count: rest))
    try start.signature("OHDR")
    _ = try start.version(2)
    let flags = try start.byte()
    if flags & 0x20 != 0 { try start.skip(16) }
    if flags & 0x10 != 0 { try start.skip(4) }
    let size = try start.size(1 << Int(flags & 3))
    let prefix = start.position
    let first = address
    try readBlocks(first: (address, prefix + size + 4), prefix: flags & 4 != 0 ? 6 : 4) {
      block throws(Problem) in
      var reader = try bytes.readChecked(at: block.address, count: block.size)
      if block.address == first {
        try reader.skip(prefix)
      } else {
        try reader.signature("OCHK")
      }
      return reader
    } message: { reader throws(Problem) in
      let (kind, size) = (UInt16(try reader.byte()), try reader.size(2))
      let messageFlags = try reader.byte()
      if flags & 4 != 0 { try reader.skip(2) }
      return (kind, messageFlags, try reader.take(size))
    }
  }

  private typealias Block = (address: UInt64, size: Int)

  /// Reads a block of messages, and those that messages in it name.
  private mutating func readBlocks(
    first: Block, prefix: Int, open: (Block) throws(Problem) -> ByteReader,
    message: (inout ByteReader) throws(Problem) -> (UInt16, UInt8, ArraySlice<UInt8>)
  ) throws(Problem) {
    var pending = [first]
    var visited: Set<UInt64> = []
    while let block = pending.popLast() {
      guard visited.insert(block.address).inserted else {
        throw .malformed("its header leads back to itself")
      }
      var reader = try open(block)
      // What is left is too small for a message.
      while reader.remaining >= prefix {
        let (number, flags, body) = try message(&reader)
        guard let kind = Kind(rawValue: number) else {
          if flags & 0x80 != 0 { throw .unread("its header has a message \(number)") }
          continue
        }
        if kind == .continuation {
          var inner = ByteReader(body)
          pending.append((try inner.address(), try inner.size(8)))
        } else {
          messages.append(Message(kind: kind, body: body, isShared: flags & 2 != 0))
        }
        if messages.count + pending.count > Self.most { throw .malformed("its header has no end") }
      }
    }
  }

  /// All messages of a kind.
  func all(_ kind: Kind) -> [Message] { messages.filter { $0.kind == kind } }

  /// The body of the one message of a kind, wherever it is; nil where there is none.
  func body(_ kind: Kind) throws(Problem) -> ArraySlice<UInt8>? {
    guard let message = messages.first(where: { $0.kind == kind }) else { return nil }
    return message.isShared ? try Self.shared(message.body, kind, bytes) : message.body
  }

  /// The body of a message that another object has.
  static func shared(
    _ reference: ArraySlice<UInt8>, _ kind: Kind, _ bytes: StoredBytes
  ) throws(Problem) -> ArraySlice<UInt8> {
    var reader = ByteReader(reference)
    let version = try reader.version(1, 2, 3)
    let type = try reader.byte()
    if version == 1 { try reader.skip(6) }
    if version == 3 && type == 1 { throw .unread("a message is in the file's heap") }
    let owner = try ObjectHeader(bytes, at: try reader.address())
    guard let message = owner.messages.first(where: { $0.kind == kind && !$0.isShared }) else {
      throw .malformed("a message that it shares is missing")
    }
    return message.body
  }
}
