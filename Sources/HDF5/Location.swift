internal import CHDF5
internal import SystemPackage

/// An open object of a file: what groups and datasets have in common.
package final class Location: Sendable {
  /// The file that holds the object.
  package let file: File
  /// The path within the file without a leading slash, empty for the root: `model/conv_in.weight`.
  package let name: String
  let id: hid_t

  init(_ file: File, _ name: String, _ handle: consuming Handle) {
    self.file = file
    self.name = name
    id = handle.release()
  }

  deinit {
    // Before the file is let go: to close an object after a file that could not be closed is to
    // crash in the library.
    _ = Handle(owning: id).close()
  }

  var path: String { file.path.string }

  /// The path of the member `child`.
  func name(of child: String) -> String {
    name.isEmpty ? child : "\(name)/\(child)"
  }

  /// See `File.check`.
  @discardableResult
  func check<Result: FixedWidthInteger & SignedInteger>(
    _ result: Result, _ failure: @autoclosure () -> String
  ) throws(HDF5Error) -> Result {
    try file.check(result, failure())
  }

  /// The owner of a new identifier, or the C library's error.
  func own(_ id: hid_t, _ failure: @autoclosure () -> String) throws(HDF5Error) -> Handle {
    Handle(owning: try file.check(id, failure()))
  }
}

/// A group or a dataset.
package protocol Located: Sendable {
  /// Where the object is.
  var location: Location { get }
}
