internal import CKernels
internal import Host

/// The threads that compute.
package enum Threads {
  /// How many programs run on that are not told another number: one for each processor that this process
  /// may use, or fewer where OMP_NUM_THREADS says so.
  package static let count: Int = {
    _ = InstructionSet.current
    let count = min(Int(st_threads()), Processors.available)
    st_set_threads(Int32(count))
    return count
  }()

  /// Has so many compute from here on; nil for the usual number.
  package static func use(_ threads: Int?) {
    // Known before another number is set, which it follows from.
    let usual = count
    st_set_threads(Int32(threads ?? usual))
  }

  /// Calls `body` with each number below `count`, on several threads at once.
  package static func forEach(_ count: Int, _ body: @Sendable (Int) -> Void) {
    withoutActuallyEscaping(body) { body in
      withUnsafePointer(to: body) { body in
        st_parallel(count, body) { context, begin, end in
          guard let context else { return }
          let body = context.assumingMemoryBound(to: (@Sendable (Int) -> Void).self).pointee
          for number in begin..<end { body(number) }
        }
      }
    }
  }
}
