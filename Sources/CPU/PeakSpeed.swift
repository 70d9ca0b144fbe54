internal import CKernels
package import Compiler

/// What this machine's processors and memory can do at most, as a measure for kernels.
package enum PeakSpeed {
  /// Multiplications and additions a second, of elements in registers.
  package static func operationsPerSecond(
    _ elements: ElementType, threads: Int?, timedBy elapsed: () -> Duration
  ) -> Double {
    Threads.use(threads)
    var best = 0.0
    for _ in 0..<20 {
      let start = elapsed()
      let count = st_peak_arithmetic(100_000, elements.element)
      best = max(best, count / (elapsed() - start).asSeconds)
    }
    return best
  }

  /// What convolutions are fastest in: bfloat16 where the processor's products of it outdo float32's by more than
  /// Winograd's algorithm loses with the smaller tiles that it needs (winograd.h).
  ///
  /// They are twice as fast on AMD's Zen 4 and 5, and half as fast on Intel's Sapphire and Emerald Rapids, whose AMX
  /// the kernels here do not use: so it is measured, once, in some milliseconds.
  static let fastest: ElementType = {
    guard KernelTable.supports(.bfloat16, .current) else { return .float32 }
    let (clock, start) = (ContinuousClock(), ContinuousClock.now)
    defer { Threads.use(nil) }
    let speeds = [ElementType.float32, .bfloat16].map {
      operationsPerSecond($0, threads: 1) { start.duration(to: clock.now) }
    }
    return speeds[1] > leastGain * speeds[0] ? .bfloat16 : .float32
  }()

  /// Of products of bfloat16: tiles of 4 x 4 take 9 / 4 as many multiplications as those of 2 x 2, but more additions.
  private static let leastGain = 1.4

  /// Bytes a second between memory and processors, of arrays that no cache holds.
  package static func bytesPerSecond(
    threads: Int?, timedBy elapsed: () -> Duration
  ) throws(ComputeError) -> Double {
    Threads.use(threads)
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
