import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The name of a file that is still being written, which says whose it is.
///
/// `.000017.png.4711-3.stipple-partial` is process 4711's third. A later start can so tell the
/// remains of a dead process from the work of a live one.
package struct PartialName: Sendable {
  /// The name itself, without its folder.
  package let text: String

  private static let suffix = ".stipple-partial"
  private static let counter = Atomic<UInt64>(0)

  /// A name for the file that will be called `name`; never the same twice in a process.
  package init(of name: String) {
    let number = Self.counter.add(1, ordering: .relaxed).newValue
    // A name may have 255 bytes; what is cut off here is found again only by its process.
    let head = String(decoding: name.utf8.prefix(180), as: UTF8.self)
    text = ".\(head).\(getpid())-\(number)\(Self.suffix)"
  }

  /// The process that a partial file named `fileName` belongs to, or nil for any other file.
  package static func owner(ofFileNamed fileName: String) -> Int32? {
    guard fileName.hasPrefix("."), fileName.hasSuffix(suffix) else { return nil }
    let owner = fileName.dropLast(suffix.count).split(separator: ".").last
    return owner?.split(separator: "-").first.flatMap { Int32($0) }
  }

  /// Whether the process that owns `fileName` has ended on this host.
  package static func isAbandoned(_ fileName: String) -> Bool {
    guard let owner = owner(ofFileNamed: fileName), owner != getpid() else { return false }
    return kill(owner, 0) != 0 && errno == ESRCH
  }
}
