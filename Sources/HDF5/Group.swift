internal import CHDF5

/// A folder of an HDF5 file that is being written.
package struct Group: Located {
  package let location: Location

  init(_ location: Location) {
    self.location = location
  }

  /// Whether there is a member `name`.
  func contains(_ name: String) throws(HDF5Error) -> Bool {
    Library.enter()
    defer { Library.leave() }
    return try location.check(
      H5Lexists(location.id, name, st_h5_default()), "\(kind) could not be listed") > 0
  }

  /// Opens the group `name`.
  func group(_ name: String) throws(HDF5Error) -> Group {
    Library.enter()
    defer { Library.leave() }
    let full = location.name(of: name)
    let id = try location.check(
      H5Gopen2(location.id, name, st_h5_default()), "group \(full) could not be opened")
    return Group(Location(location.file, full, Handle(owning: id)))
  }

  /// The group in an error: "group model".
  var kind: String {
    location.name.isEmpty ? "the file's root" : "group \(location.name)"
  }
}
