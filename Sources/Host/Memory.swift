internal import Foundation

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// The memory that this process may have at most.
package struct Memory: Sendable, Equatable {
  /// What sets the limit.
  package enum Limit: Sendable {
    case machine, controlGroup, process
    /// What the user allows.
    case setting
  }

  /// Bytes.
  package let bytes: Int
  /// What allows no more.
  package let limit: Limit

  /// The smallest of what there is and what is allowed.
  package init(machine: Int, controlGroup: Int?, process: Int?) {
    let all = [
      (machine, Limit.machine), (controlGroup ?? .max, .controlGroup), (process ?? .max, .process),
    ]
    var smallest = all[0]
    for limit in all.dropFirst() where limit.0 < smallest.0 { smallest = limit }
    (bytes, limit) = smallest
  }

  /// What a user allows.
  package init(setting bytes: Int) { (self.bytes, limit) = (bytes, .setting) }

  /// The machine's memory, less where a control group or a limit of the process (`ulimit -v`) allows less.
  package static let available = Memory(
    machine: Int(clamping: ProcessInfo.processInfo.physicalMemory),
    controlGroup: ControlGroups().memoryLimit, process: processLimit)

  private static var processLimit: Int? {
    #if canImport(Glibc)
      let kinds = [
        __rlimit_resource_t(RLIMIT_AS.rawValue), __rlimit_resource_t(RLIMIT_DATA.rawValue),
      ]
    #else
      let kinds = [RLIMIT_AS, RLIMIT_DATA]
    #endif
    return kinds.compactMap { kind in
      var limit = rlimit()
      guard getrlimit(kind, &limit) == 0, limit.rlim_cur < 1 << 60 else { return nil }
      return Int(limit.rlim_cur)
    }.min()
  }
}
