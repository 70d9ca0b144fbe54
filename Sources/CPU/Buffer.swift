internal import Compiler

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Memory for floats, aligned to a cache line or, where it is large, to a huge page.
final class Buffer {
  let pointer: UnsafeMutablePointer<Float>
  let count: Int
  private static let hugePage = 2 << 20

  /// `count` floats, all zero.
  ///
  /// - Throws: `ComputeError.outOfMemory`.
  init(count: Int) throws(ComputeError) {
    self.count = count
    let bytes = max(count, 1) * MemoryLayout<Float>.stride
    let hugePage = Self.hugePage
    let alignment = bytes >= hugePage ? hugePage : 64
    let whole = bytes.roundedUp(toMultipleOf: alignment)
    guard let memory = aligned_alloc(alignment, whole) else { throw .outOfMemory(bytes: bytes) }
    #if os(Linux)
      if bytes >= hugePage { madvise(memory, bytes, MADV_HUGEPAGE) }
    #endif
    memset(memory, 0, bytes)
    pointer = memory.bindMemory(to: Float.self, capacity: max(count, 1))
  }

  deinit {
    // The allocator may keep it.
    release()
    free(pointer)
  }

  /// Gives the memory back to the system until somebody writes to it: its whole pages, which are zero then.
  func release() {
    #if os(Linux)
      let page = Int(getpagesize())
      let start = Int(bitPattern: pointer)
      let first = start.roundedUp(toMultipleOf: page)
      let whole = (start + bytes - first) / page * page
      if whole > 0 { madvise(UnsafeMutableRawPointer(bitPattern: first), whole, MADV_DONTNEED) }
    #endif
  }

  var bytes: Int { count * MemoryLayout<Float>.stride }
  var elements: UnsafeMutableBufferPointer<Float> { .init(start: pointer, count: count) }
}
