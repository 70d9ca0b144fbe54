internal import Foundation

/// The processors that this process may compute on.
package enum Processors {
  /// How many: those that its affinity allows, and no more than a container's quota of time pays for,
  /// rounded up. Processes that a launcher has started on one machine without giving each processors of its
  /// own share them.
  package static let available = share(
    count(allowed: allowed, quota: quota), of: ProcessInfo.processInfo.activeProcessorCount,
    Launcher.current)

  /// A process's part of `count` processors on a machine that has `all`.
  package static func share(_ count: Int, of all: Int, _ launcher: Launcher?) -> Int {
    guard let launcher, let neighbors = launcher.localSize, count == all else { return count }
    return max(1, min(launcher.processorsPerProcess ?? count, count / neighbors))
  }

  /// What the affinity allows.
  package static let allowed: Int = {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list:") }
    let count = line.map { Self.count(inList: $0.dropFirst("Cpus_allowed_list:".utf8.count)) } ?? 0
    return count > 0 ? count : ProcessInfo.processInfo.activeProcessorCount
  }()

  /// How many processors a list such as "0-3,8" has (proc(5)).
  package static func count(inList list: Substring) -> Int {
    list.split(separator: ",").reduce(0) { sum, part in
      let ends = part.split(separator: "-").compactMap {
        Int($0.trimmingCharacters(in: .whitespaces))
      }
      guard let first = ends.first, let last = ends.last, first <= last else { return sum }
      return sum + last - first + 1
    }
  }

  /// Processors' worth of time that a container or job scheduler allows: 1.5, or nil for any.
  package static let quota: Double? = ControlGroups().processorQuota

  /// min(allowed, ceil(quota)), at least 1.
  package static func count(allowed: Int, quota: Double?) -> Int {
    guard let quota, quota < Double(allowed) else { return max(1, allowed) }
    return max(1, Int(quota.rounded(.up)))
  }
}
