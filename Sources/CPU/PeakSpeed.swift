internal import CKernels
package import Compiler

/// What this machine's processors and memory can do at most, as a measure for kernels.
package enum PeakSpeed {
  /// Multiplications and additions a second, of elements in registers.
  package static func operationsPerSecond(
    _ elements: ElementType, threads: Int?, timedBy elapsed: () -> Duration
  ) -> Double {
    st_set_threads(Int32(threads ?? Threads.count))
    var best = 0.0
    for _ in 0..<20 {
      let start = elapsed()
      let count = st_peak_arithmetic(100_000, elements.element)
      best = max(best, count / (elapsed() - start).asSeconds)
    }
    return best
  }

  /// Bytes a second between memory and processors, of arrays that no cache holds.
  package static func bytesPerSecond(
    threads: Int?, timedBy elapsed: () -> Duration
  ) throws(ComputeError) -> Double {
    st_set_threads(Int32(threads ?? Threads.count))
    let count = 16 << 20
    let (a, b) = (try Buffer(count: count), try Buffer(count: count))
    let c = try Buffer(count: count)
    var best = 0.0
    for _ in 0..<6 {
      let start = elapsed()
      st_triad(a.pointer, b.pointer, c.pointer, count)
      best = max(best, Double(3 * a.bytes) / (elapsed() - start).asSeconds)
    }
    return best
  }
}

extension Duration {
  fileprivate var asSeconds: Double {
    max(Double(components.seconds) + 1e-18 * Double(components.attoseconds), 1e-9)
  }
}
