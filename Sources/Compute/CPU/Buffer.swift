#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Memory for floats, aligned to a cache line or, where it is large, to a huge page.
///
/// Not zeroed by its owner but by the system, once: fresh pages are zero.
final class Buffer {
  let pointer: UnsafeMutablePointer<Float>
  let count: Int

  /// `count` floats, all zero.
  init(count: Int) {
    self.count = count
    let bytes = max(count, 1) * MemoryLayout<Float>.stride
    let hugePage = 2 << 20
    var memory: UnsafeMutableRawPointer?
    let status = posix_memalign(&memory, bytes >= hugePage ? hugePage : 64, bytes)
    guard status == 0, let memory else {
      fatalError("\(bytes) bytes of memory could not be had")
    }
    #if os(Linux)
      if bytes >= hugePage { madvise(memory, bytes, MADV_HUGEPAGE) }
    #endif
    memset(memory, 0, bytes)
    pointer = memory.bindMemory(to: Float.self, capacity: max(count, 1))
  }

  deinit { free(pointer) }

  var bytes: Int { count * MemoryLayout<Float>.stride }
  var elements: UnsafeMutableBufferPointer<Float> { .init(start: pointer, count: count) }
}
