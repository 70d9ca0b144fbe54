internal import SystemPackage

/// The attributes of an object.
package struct StoredAttributes: Sendable {
  let messages: [ArraySlice<UInt8>]
  /// Where the object has so many that they are in a heap: the heap, and its index.
  let dense: (heap: UInt64, index: UInt64)?
  /// Why there is no saying.
  let problem: Problem?

  init(_ header: ObjectHeader) {
    messages = header.all(.attribute).filter { !$0.isShared }.map(\.body)
    do throws(Problem) {
      if header.all(.attribute).contains(where: \.isShared) {
        throw .unread("an attribute is in the file's heap")
      }
      dense = try Self.dense(header)
      problem = nil
    } catch {
      dense = nil
      problem = error
    }
  }

  private static func dense(_ header: ObjectHeader) throws(Problem) -> (UInt64, UInt64)? {
    guard let body = try header.body(.attributeInformation) else { return nil }
    var reader = ByteReader(body)
    _ = try reader.version(0)
    if try reader.byte() & 1 != 0 { try reader.skip(2) }
    let (heap, index) = (try reader.address(), try reader.address())
    return heap == ByteReader.undefined ? nil : (heap, index)
  }

  /// Every attribute's message with its name.
  func all(_ bytes: StoredBytes) throws(Problem) -> [(name: String, body: ArraySlice<UInt8>)] {
    if let problem { throw problem }
    var bodies = messages
    if let dense {
      let heap = try FractalHeap(bytes, at: dense.heap)
      for record in try BTree2.records(bytes, at: dense.index, types: [8]).records {
        bodies.append(try heap.object(record.prefix(8)))
      }
    }
    var found: [(name: String, body: ArraySlice<UInt8>)] = []
    for body in bodies { found.append((try StoredAttribute.Parts(body).name, body)) }
    return found
  }
}

/// A small named value of a group or dataset.
package struct StoredAttribute: Sendable {
  /// What the elements are in the file.
  package var type: ElementType { stored.element }
  /// The lengths of the axes; empty for a single value.
  package let shape: [Int]

  private let file: StoredFile
  private let object: String
  private let stored: StoredType
  private let data: ArraySlice<UInt8>

  /// An attribute message, taken apart.
  struct Parts {
    let name: String
    let type, space, data: ArraySlice<UInt8>
    let isTypeShared, isSpaceShared: Bool

    init(_ body: ArraySlice<UInt8>) throws(Problem) {
      var reader = ByteReader(body)
      let version = try reader.version(1, 2, 3)
      let flags = try reader.byte()
      let sizes = (try reader.size(2), try reader.size(2), try reader.size(2))
      if version == 3 { try reader.skip(1) }
      func padded(_ size: Int) -> Int { version == 1 ? (size + 7) / 8 * 8 : size }
      let nameBytes = try reader.take(padded(sizes.0)).prefix(sizes.0)
      name = String(decoding: nameBytes.prefix { $0 != 0 }, as: UTF8.self)
      type = try reader.take(padded(sizes.1))
      space = try reader.take(padded(sizes.2))
      data = try reader.take(reader.remaining)
      (isTypeShared, isSpaceShared) =
        version == 1 ? (false, false) : (flags & 1 != 0, flags & 2 != 0)
    }
  }

  init(_ file: StoredFile, _ object: String, _ body: ArraySlice<UInt8>) throws(HDF5Error) {
    self.file = file
    self.object = object
    let (stored, space, data) = try file.reading("\(object) could not be opened") {
      () throws(Problem) in
      let parts = try Parts(body)
      if parts.isSpaceShared { throw .unread("its axes are those of another object") }
      let type =
        parts.isTypeShared
        ? try ObjectHeader.shared(parts.type, .datatype, file.bytes) : parts.type
      return (try StoredType(type), try StoredType.shape(parts.space), parts.data)
    }
    let count = space.isPossible ? space.now.reduce(1, *) : .max
    let needed = count.multipliedReportingOverflow(by: stored.size)
    guard space.isPossible, !needed.overflow, needed.partialValue <= data.count else {
      throw .hollow(path: file.path.string, object: object, shape: space.now, bytes: data.count)
    }
    self.stored = stored
    shape = space.now
    self.data = data.prefix(needed.partialValue)
  }

  /// The one text.
  package func text() throws(HDF5Error) -> String { try single(texts()) }

  /// The one integer.
  package func integer() throws(HDF5Error) -> Int { try single(integers()) }

  /// The one integer from 0 on, such as a seed.
  package func unsignedInteger() throws(HDF5Error) -> UInt64 { try single(numbers()) }

  /// The one floating-point number.
  package func double() throws(HDF5Error) -> Double { try single(doubles()) }

  /// All integers, row-major.
  package func integers() throws(HDF5Error) -> [Int] { try numbers() }

  /// All floating-point numbers, row-major.
  package func doubles() throws(HDF5Error) -> [Double] { try numbers() }

  /// All texts, row-major.
  package func texts() throws(HDF5Error) -> [String] {
    guard stored.isText else {
      throw .wrongType(
        path: file.path.string, object: object, found: type.description, expected: "text")
    }
    return try file.reading("\(object) could not be read") { () throws(Problem) in
      try stored.texts(data, file.bytes)
    }
  }

  private func numbers<T: Element>() throws(HDF5Error) -> [T] {
    guard T.accepts(type) else {
      throw .wrongType(
        path: file.path.string, object: object, found: type.description, expected: T.expectation)
    }
    return data.withUnsafeBytes { bytes in
      [T](unsafeUninitializedCapacity: shape.reduce(1, *)) { buffer, initialized in
        initialized = shape.reduce(1, *)
        stored.convert(bytes, into: UnsafeMutableBufferPointer(rebasing: buffer[..<initialized]))
      }
    }
  }

  private func single<T>(_ values: [T]) throws(HDF5Error) -> T {
    guard values.count == 1, let value = values.first else {
      throw .wrongShape(path: file.path.string, object: object, found: shape, expected: [])
    }
    return value
  }
}

extension StoredObject {
  /// The names of the attributes, sorted by their bytes.
  package func attributeNames() throws(HDF5Error) -> [String] {
    try allAttributes().map(\.name).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Whether there is an attribute `name`.
  package func hasAttribute(_ name: String) throws(HDF5Error) -> Bool {
    try allAttributes().contains { $0.name == name }
  }

  /// Opens the attribute `name`.
  ///
  /// - Throws: `missing`, `damaged` and `failed`.
  package func attribute(_ name: String) throws(HDF5Error) -> StoredAttribute {
    let object = self.name.isEmpty ? "attribute \(name)" : "attribute \(name) of \(self.name)"
    guard let found = try allAttributes().first(where: { $0.name == name }) else {
      throw .missing(path: file.path.string, object: object)
    }
    return try StoredAttribute(file, object, found.body)
  }

  private func allAttributes() throws(HDF5Error) -> [(name: String, body: ArraySlice<UInt8>)] {
    let owner = name.isEmpty ? "the file" : name
    return try file.reading("the attributes of \(owner) could not be listed") {
      () throws(Problem) in try attributes.all(file.bytes)
    }
  }
}
