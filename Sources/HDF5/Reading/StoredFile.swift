internal import Files
package import SystemPackage

/// An HDF5 file that is read.
///
/// The bytes are taken apart here, and not by the C library, which files can be forged to crash: what
/// contradicts itself or leads out of the file is an error. Read are the format's versions up to that
/// of the library's 1.10, as far as groups, numbers and texts go. May be used from any thread.
package final class StoredFile: Sendable {
  /// The file's path.
  package let path: FilePath
  let bytes: StoredBytes
  private let rootAddress: UInt64

  /// Opens the file at `path`.
  ///
  /// - Throws: `notHDF5`, `truncated`, `damaged`, or `failed` with the system's cause.
  package init(opening path: FilePath) throws(HDF5Error) {
    self.path = path
    bytes = try StoredBytes(path)
    do throws(Problem) {
      rootAddress = try Superblock(bytes).root
    } catch {
      if case .outside = error { throw .truncated(path: path.string) }
      throw HDF5Error(path: path, "could not be opened", error)
    }
  }

  /// The group that holds all others.
  package var root: StoredGroup {
    get throws(HDF5Error) { try StoredGroup(self, "", rootAddress) }
  }

  /// Does what may meet a problem, of which `failure` comes.
  func reading<Result>(
    _ failure: @autoclosure () -> String, _ body: () throws(Problem) -> Result
  ) throws(HDF5Error) -> Result {
    do throws(Problem) {
      return try body()
    } catch {
      throw HDF5Error(path: path, failure(), error)
    }
  }
}

extension File {
  /// Opens the file at `path` for reading.
  ///
  /// - Throws: `notHDF5`, `truncated`, `damaged`, or `failed` with the system's cause.
  package static func open(_ path: FilePath) throws(HDF5Error) -> StoredFile {
    try StoredFile(opening: path)
  }
}

/// A group or a dataset of a file that is read.
package protocol StoredObject: Sendable {
  /// The file that holds it.
  var file: StoredFile { get }
  /// The path within the file without a leading slash, empty for the root: `model/conv_in.weight`.
  var name: String { get }
  /// The attributes, as far as they are known.
  var attributes: StoredAttributes { get }
}
