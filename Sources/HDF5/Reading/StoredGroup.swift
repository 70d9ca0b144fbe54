internal import SystemPackage

/// A folder of an HDF5 file. Only hard links are followed: a file never reaches out of itself.
package struct StoredGroup: StoredObject {
  package let file: StoredFile
  package let name: String
  package let attributes: StoredAttributes
  private let address: UInt64
  private let links: [String: Links.Target]
  private let sortedNames: [String]
  /// Groups within groups are listed down to here, long before the stack ends.
  private static let deepest = 64

  init(_ file: StoredFile, _ name: String, _ address: UInt64) throws(HDF5Error) {
    let kind = Self.kind(name)
    let header = try file.reading("\(kind) could not be opened") { () throws(Problem) in
      try ObjectHeader(file.bytes, at: address)
    }
    try self.init(file, name, address, header)
  }

  private init(
    _ file: StoredFile, _ name: String, _ address: UInt64, _ header: ObjectHeader
  ) throws(HDF5Error) {
    self.file = file
    self.name = name
    self.address = address
    attributes = StoredAttributes(header)
    let kind = Self.kind(name)
    let found = try file.reading("\(kind) could not be listed") { () throws(Problem) in
      try Links.all(of: header, file.bytes)
    }
    links = Dictionary(found.map { ($0.name, $0.target) }, uniquingKeysWith: { old, _ in old })
    // No program makes such names, but a file may have them.
    if links.count < found.count
      || links.keys.contains(where: { $0.isEmpty || $0 == "." || $0.contains("/") })
    {
      throw .failed(
        path: file.path.string, failure: "\(kind) could not be listed",
        cause: "its members have names that cannot be; the file is damaged")
    }
    sortedNames = links.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The names of the members, sorted by their bytes.
  package func names() -> [String] { sortedNames }

  /// Whether there is a member `name`, which may be a path of several names.
  ///
  /// - Throws: `link` where the path leads over a link that is not followed.
  package func contains(_ name: String) throws(HDF5Error) -> Bool {
    do {
      _ = try object(name, as: "member")
      return true
    } catch .missing {
      return false
    }
  }

  /// Opens the group `name`, which may be a path of several names.
  ///
  /// - Throws: `missing`, `wrongKind`, `link`, `damaged` and `failed`.
  package func group(_ name: String) throws(HDF5Error) -> StoredGroup {
    let object = try object(name, as: "group")
    guard object.isGroup else {
      throw .wrongKind(path: file.path.string, object: object.name, expected: "group")
    }
    return try StoredGroup(file, object.name, object.address, object.header)
  }

  /// Opens the dataset `name`, which may be a path of several names.
  ///
  /// - Throws: `missing`, `wrongKind`, `link`, `elsewhere`, `filter`, `hollow`, `damaged` and `failed`.
  package func dataset(_ name: String) throws(HDF5Error) -> StoredDataset {
    let object = try object(name, as: "dataset")
    guard object.isDataset else {
      throw .wrongKind(path: file.path.string, object: object.name, expected: "dataset")
    }
    return try StoredDataset(file, object.name, object.header)
  }

  /// Every dataset below this group with its path from here, sorted.
  ///
  /// - Throws: `loop` where a group can be reached on two ways, one of which may have no end.
  package func allDatasets() throws(HDF5Error) -> [(name: String, dataset: StoredDataset)] {
    var visited: Set<UInt64> = []
    return try allDatasets(&visited)
  }

  private func allDatasets(
    _ visited: inout Set<UInt64>
  ) throws(HDF5Error) -> [(name: String, dataset: StoredDataset)] {
    let kind = Self.kind(name)
    guard visited.insert(address).inserted else {
      throw .loop(path: file.path.string, object: kind)
    }
    guard name.utf8.count(where: { $0 == UInt8(ascii: "/") }) < Self.deepest else {
      throw .failed(
        path: file.path.string, failure: "\(kind) could not be listed",
        cause: "it lies more than \(Self.deepest) groups deep")
    }
    var found: [(name: String, dataset: StoredDataset)] = []
    for name in sortedNames {
      let object = try object(name, as: "member")
      if object.isDataset {
        found.append((name, try StoredDataset(file, object.name, object.header)))
      } else if object.isGroup {
        let inner = try StoredGroup(file, object.name, object.address, object.header)
        found += try inner.allDatasets(&visited).map { ("\(name)/\($0.name)", $0.dataset) }
      }
    }
    return found
  }

  private struct Object {
    let name: String
    let address: UInt64
    let header: ObjectHeader

    var isDataset: Bool { header.messages.contains { $0.kind == .layout } }
    var isGroup: Bool {
      header.messages.contains {
        $0.kind == .symbolTable || $0.kind == .linkInformation || $0.kind == .link
      }
    }
  }

  /// Walks along `path` over hard links.
  private func object(_ path: String, as kind: String) throws(HDF5Error) -> Object {
    var group = self
    let components = path.split(separator: "/").map(String.init)
    for (position, component) in components.enumerated() {
      let full = group.name.isEmpty ? component : "\(group.name)/\(component)"
      switch group.links[component] {
      case .object(let address):
        let header = try file.reading("\(full) could not be opened") { () throws(Problem) in
          try ObjectHeader(file.bytes, at: address)
        }
        let object = Object(name: full, address: address, header: header)
        if position == components.count - 1 { return object }
        guard object.isGroup else { break }
        group = try StoredGroup(file, full, address, header)
        continue
      case .other(let kind): throw .link(path: file.path.string, name: full, kind: kind)
      case nil: break
      }
      break
    }
    throw .missing(
      path: file.path.string, object: "\(kind) \(name.isEmpty ? path : "\(name)/\(path)")")
  }

  private static func kind(_ name: String) -> String {
    name.isEmpty ? "the file's root" : "group \(name)"
  }
}
