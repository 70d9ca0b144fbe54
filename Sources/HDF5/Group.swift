internal import CHDF5

/// A folder of an HDF5 file. Only hard links are followed: a file never reaches out of itself.
package struct Group: Located {
  package let location: Location
  /// Groups within groups are listed down to here, long before the stack ends.
  private static let deepest = 64

  init(_ location: Location) {
    self.location = location
  }

  /// The names of the members, sorted by their bytes.
  ///
  /// - Throws: `failed` where two members have one name, or one has a name that leads elsewhere.
  package func names() throws(HDF5Error) -> [String] {
    Library.enter()
    defer { Library.leave() }
    var names: [String] = []
    let result = withUnsafeMutablePointer(to: &names) { list in
      st_h5_visit_links(
        location.id,
        { list, name in
          guard let name else { return }
          list?.assumingMemoryBound(to: [String].self).pointee.append(String(cString: name))
        }, list)
    }
    try location.check(result, "\(kind) could not be listed")
    // The library makes no such names, but takes them from a file.
    if Set(names).count < names.count || names.contains(where: { $0 == "." || $0.contains("/") }) {
      throw .failed(
        path: location.path, failure: "\(kind) could not be listed",
        cause: "its members have names that cannot be; the file is damaged")
    }
    return names
  }

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
  /// - Throws: `missing`, `wrongKind`, `link` and what the C library says.
  package func group(_ name: String) throws(HDF5Error) -> Group {
    let object = try object(name, as: "group")
    guard object.type == H5I_GROUP else {
      throw .wrongKind(
        path: location.path, object: object.location.name, expected: "group")
    }
    return Group(object.location)
  }

  /// Opens the dataset `name`, which may be a path of several names.
  ///
  /// - Throws: `missing`, `wrongKind`, `link`, `elsewhere`, `filter`, `hollow` and what the C
  ///   library says.
  package func dataset(_ name: String) throws(HDF5Error) -> Dataset {
    let object = try object(name, as: "dataset")
    guard object.type == H5I_DATASET else {
      throw .wrongKind(
        path: location.path, object: object.location.name, expected: "dataset")
    }
    return try Dataset(opening: object.location)
  }

  /// Every dataset below this group with its path from here, sorted.
  ///
  /// - Throws: `loop` where a group can be reached on two ways, one of which may have no end.
  package func allDatasets() throws(HDF5Error) -> [(name: String, dataset: Dataset)] {
    var visited: Set<[UInt64]> = []
    return try allDatasets(&visited)
  }

  private func allDatasets(
    _ visited: inout Set<[UInt64]>
  ) throws(HDF5Error) -> [(name: String, dataset: Dataset)] {
    guard visited.insert(try address()).inserted else {
      throw .loop(path: location.path, object: kind)
    }
    guard location.name.utf8.count(where: { $0 == UInt8(ascii: "/") }) < Self.deepest else {
      throw .failed(
        path: location.path, failure: "\(kind) could not be listed",
        cause: "it lies more than \(Self.deepest) groups deep")
    }
    var found: [(name: String, dataset: Dataset)] = []
    for name in try names() {
      let object = try object(name, as: "member")
      if object.type == H5I_DATASET {
        found.append((name, try Dataset(opening: object.location)))
      } else if object.type == H5I_GROUP {
        let inner = try Group(object.location).allDatasets(&visited)
        found += inner.map { ("\(name)/\($0.name)", $0.dataset) }
      }
    }
    return found
  }

  /// Where the group lies in the file.
  private func address() throws(HDF5Error) -> [UInt64] {
    Library.enter()
    defer { Library.leave() }
    var address: [UInt64] = [0, 0]
    try location.check(st_h5_address(location.id, &address), "\(kind) could not be opened")
    return address
  }

  /// Walks along `path` over hard links.
  private func object(
    _ path: String, as kind: String
  ) throws(HDF5Error) -> (location: Location, type: H5I_type_t) {
    Library.enter()
    defer { Library.leave() }
    var here = location
    for component in path.split(separator: "/").map(String.init) {
      let name = here.name(of: component)
      let failure = "\(name) could not be opened"
      let isThere =
        component != "."
        ? try location.check(
          H5Lexists(here.id, component, st_h5_default()), failure) : 0
      guard isThere > 0 else {
        throw .missing(path: location.path, object: "\(kind) \(location.name(of: path))")
      }
      let type = try location.check(st_h5_link_type(here.id, component), failure)
      guard type == H5L_TYPE_HARD.rawValue else {
        throw .link(path: location.path, name: name, kind: Self.name(ofLink: type))
      }
      let id = try location.check(H5Oopen(here.id, component, st_h5_default()), failure)
      here = Location(location.file, name, Handle(owning: id))
    }
    return (here, H5Iget_type(here.id))
  }

  private static func name(ofLink type: CInt) -> String {
    switch type {
    case H5L_TYPE_SOFT.rawValue: "a soft"
    case H5L_TYPE_EXTERNAL.rawValue: "an external"
    default: "a user-defined"
    }
  }

  /// The group in an error: "group model".
  var kind: String {
    location.name.isEmpty ? "the file's root" : "group \(location.name)"
  }
}
