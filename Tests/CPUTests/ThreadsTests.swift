import CPU
import Foundation
import Host
import Testing

@Suite struct ThreadsTests {
  // In a process that asked for one thread first it was one for good.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["OMP_NUM_THREADS"] == nil))
  func `the usual number of threads does not follow from one that was set before`() {
    Threads.use(1)
    defer { Threads.use(nil) }
    #expect(Threads.count == Processors.available)
  }
}
