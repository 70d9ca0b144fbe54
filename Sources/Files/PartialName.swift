import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The name of a file that is still being written, which says whose it is.
///
/// `.000017.png.4711-3-9ae0e3f6.stipple-partial` is the third of process 4711 on the host whose name
/// has that hash. A later start can so tell the remains of a dead process from the work of a live one,
/// and several hosts may share a folder.
package struct PartialName: Sendable {
  /// The name itself, without its folder.
  package let text: String

  private static let suffix = ".stipple-partial"
  private static let counter = Atomic<UInt64>(0)
  /// The host's name as 8 hexadecimal digits: FNV-1a, 32 bits.
  private static let host: String = {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count - 1)
    var hash: UInt32 = 0x811c_9dc5
    for byte in name.prefix(while: { $0 != 0 }) {
      hash = (hash ^ UInt32(UInt8(bitPattern: byte))) &* 0x0100_0193
    }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }()

  /// A name for the file that will be called `name`; never the same twice in a process.
  package init(of name: String) {
    let number = Self.counter.add(1, ordering: .relaxed).newValue
    // A name may have 255 bytes; what is cut off here is found again only by its process.
    let head = String(decoding: name.utf8.prefix(180), as: UTF8.self)
    text = ".\(head).\(getpid())-\(number)-\(Self.host)\(Self.suffix)"
  }

  /// The process on this host that a partial file named `fileName` belongs to; nil for any other
  /// file.
  package static func owner(ofFileNamed fileName: String) -> Int32? {
    guard fileName.hasPrefix("."), fileName.hasSuffix(suffix) else { return nil }
    let parts = fileName.dropLast(suffix.count).split(separator: ".").last?.split(separator: "-")
    guard let parts, parts.count == 3, parts[2] == host else { return nil }
    return Int32(parts[0])
  }

  /// Whether the process that owns `fileName` was one of this host and has ended.
  package static func isAbandoned(_ fileName: String) -> Bool {
    guard let owner = owner(ofFileNamed: fileName), owner != getpid() else { return false }
    return kill(owner, 0) != 0 && errno == ESRCH
  }
}
