#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Messages from one rank to another: their number of bytes, and the bytes (MPI 4.0, section 3.2).
extension MPICommunicator {
  /// Of all messages; they come in order.
  private static let tag: Int32 = 0

  package func send(_ bytes: [UInt8], to rank: Int) {
    var count = Double(bytes.count)
    withUnsafeMutablePointer(to: &count) {
      _ = library.send(
        $0, 1, library.interface.double, Int32(rank), Self.tag, library.interface.world)
    }
    var bytes = bytes
    bytes.withUnsafeMutableBufferPointer {
      for part in parts(of: $0) {
        _ = library.send(
          part.baseAddress, Int32(part.count), library.interface.byte, Int32(rank), Self.tag,
          library.interface.world)
      }
    }
  }

  package func hasMessage(from rank: Int) -> Bool {
    var isThere: Int32 = 0
    _ = library.probe(Int32(rank), Self.tag, library.interface.world, &isThere, ignored)
    return isThere != 0
  }

  package func receive(from rank: Int) -> [UInt8] {
    // The library's own wait would keep a processor busy, which other ranks may need.
    var wait = PatientWait()
    while !hasMessage(from: rank) { wait.pause() }
    var count = 0.0
    withUnsafeMutablePointer(to: &count) {
      _ = library.receive(
        $0, 1, library.interface.double, Int32(rank), Self.tag, library.interface.world, ignored)
    }
    var bytes = [UInt8](repeating: 0, count: Int(count))
    bytes.withUnsafeMutableBufferPointer {
      for part in parts(of: $0) {
        _ = library.receive(
          part.baseAddress, Int32(part.count), library.interface.byte, Int32(rank), Self.tag,
          library.interface.world, ignored)
      }
    }
    return bytes
  }

  private var ignored: UnsafeMutableRawPointer? {
    UnsafeMutableRawPointer(bitPattern: library.interface.statusIgnore)
  }
}
