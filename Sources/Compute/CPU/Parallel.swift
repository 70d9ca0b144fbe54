internal import CKernels

/// Loops on the threads that compute.
package enum Parallel {
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
