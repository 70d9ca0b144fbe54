internal import CHDF5

/// A small named value of a group or dataset.
package struct Attribute: Sendable {
  private let location: Location
  /// What the elements are in the file.
  package let type: ElementType
  /// The lengths of the axes; empty for a single value.
  package let shape: [Int]

  private let object: String

  /// Describes the open attribute at `location`, which errors call `object`.
  init(_ location: Location, _ object: String) throws(HDF5Error) {
    self.location = location
    self.object = object
    let failure = "\(object) could not be opened"
    let fileType = try location.own(H5Aget_type(location.id), failure)
    type = ElementType(of: fileType.id)
    let space = try location.own(H5Aget_space(location.id), failure)
    shape = try Dataset.shape(of: space.id, location)
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
    Library.enter()
    defer { Library.leave() }
    let failure = "\(object) could not be read"
    let fileType = try location.own(H5Aget_type(location.id), failure)
    let space = try location.own(H5Aget_space(location.id), failure)
    let id = location.id
    return try TextCoding.read(
      type, fileType.id, space.id, count: shape.reduce(1, *), location, object
    ) { memoryType, bytes in
      H5Aread(id, memoryType, bytes)
    }
  }

  private func numbers<T: Element & ExpressibleByIntegerLiteral>() throws(HDF5Error) -> [T] {
    Library.enter()
    defer { Library.leave() }
    guard T.accepts(type) else {
      throw .wrongType(
        path: location.path, object: object, found: type.description, expected: T.expectation)
    }
    var values = [T](repeating: 0, count: shape.reduce(1, *))
    try location.check(H5Aread(location.id, T.nativeType, &values), "\(object) could not be read")
    return values
  }

  private func single<T>(_ values: [T]) throws(HDF5Error) -> T {
    guard values.count == 1, let value = values.first else {
      throw .wrongShape(path: location.path, object: object, found: shape, expected: [])
    }
    return value
  }
}

extension Located {
  /// The names of the attributes, sorted by their bytes.
  package func attributeNames() throws(HDF5Error) -> [String] {
    Library.enter()
    defer { Library.leave() }
    var names: [String] = []
    let result = withUnsafeMutablePointer(to: &names) { list in
      st_h5_visit_attributes(
        location.id,
        { list, name in
          guard let name else { return }
          list?.assumingMemoryBound(to: [String].self).pointee.append(String(cString: name))
        }, list)
    }
    try location.check(result, "the attributes of \(owner) could not be listed")
    return names
  }

  /// Whether there is an attribute `name`.
  package func hasAttribute(_ name: String) throws(HDF5Error) -> Bool {
    Library.enter()
    defer { Library.leave() }
    return try location.check(
      H5Aexists(location.id, name), "attribute \(name) of \(owner) could not be read") > 0
  }

  /// Opens the attribute `name`.
  ///
  /// - Throws: `missing`, `damaged` and what the C library says.
  package func attribute(_ name: String) throws(HDF5Error) -> Attribute {
    Library.enter()
    defer { Library.leave() }
    let object = location.name.isEmpty ? "attribute \(name)" : "attribute \(name) of \(owner)"
    guard try hasAttribute(name) else { throw .missing(path: location.path, object: object) }
    let handle = try location.own(
      H5Aopen(location.id, name, st_h5_default()), "\(object) could not be opened")
    return try Attribute(Location(location.file, location.name, handle), object)
  }

  var owner: String { location.name.isEmpty ? "the file" : location.name }
}
