internal import Foundation

/// The Linux control groups that this process is in: its own, and those around it up to the outermost
/// that it can see.
///
/// Containers and job schedulers set their limits there. Version 1 has a hierarchy for each controller,
/// version 2 one for all; a machine may have both.
package struct ControlGroups: Sendable {
  /// Processors' worth of time that all the quotas allow: 1.5, or nil for any.
  package let processorQuota: Double?
  /// Bytes that all the limits allow; nil for any.
  package let memoryLimit: Int?

  /// Reads the limits.
  ///
  /// - Parameter root: what stands before every path, for tests.
  package init(root: String = "") {
    func text(_ path: String) -> String? {
      (try? String(contentsOfFile: root + path, encoding: .utf8))?
        .trimmingCharacters(in: .whitespacesAndNewlines)
    }
    let mounts = Mount.all(text("/proc/self/mountinfo") ?? "").filter(\.isOfControlGroups)
    let memberships = (text("/proc/self/cgroup") ?? "").split(separator: "\n")
      .compactMap(Membership.init)
    var (quotas, limits): ([Double], [Int]) = ([], [])
    for membership in memberships {
      for mount in mounts where mount.holds(membership) {
        for folder in mount.folders(of: membership) {
          quotas += [
            Self.quota(text(folder + "/cpu.max")),
            Self.quota(
              text(folder + "/cpu.cfs_quota_us"), period: text(folder + "/cpu.cfs_period_us")),
          ].compactMap(\.self)
          // Version 1 says "none" by a number past all memory; "max" is not a number.
          limits += ["/memory.max", "/memory.limit_in_bytes"].compactMap {
            text(folder + $0).flatMap { Int($0) }
          }
        }
      }
    }
    processorQuota = quotas.min()
    memoryLimit = limits.filter { $0 > 0 && $0 < 1 << 60 }.min()
  }

  /// "150000 100000", or "max 100000" for none.
  private static func quota(_ line: String?) -> Double? {
    let parts = (line ?? "").split(separator: " ").map(String.init)
    return parts.count == 2 ? quota(parts[0], period: parts[1]) : nil
  }

  /// Microseconds of time in each period; a quota of -1 is none.
  private static func quota(_ quota: String?, period: String?) -> Double? {
    guard let quota = quota.flatMap(Double.init), let period = period.flatMap(Double.init),
      quota > 0, period > 0
    else { return nil }
    return quota / period
  }
}

/// A line of /proc/self/cgroup (cgroups(7)): "4:memory:/a/b", of version 2 "0::/a/b".
private struct Membership {
  /// Empty for version 2.
  let controllers: Set<Substring>
  let path: String

  init?(_ line: Substring) {
    let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3 else { return nil }
    controllers = Set(parts[1].split(separator: ","))
    path = String(parts[2])
  }
}

/// A mount of control groups.
extension Mount {
  private var isUnified: Bool { kind == "cgroup2" }
  private var controllers: Set<Substring> { Set(options.split(separator: ",")) }
  fileprivate var isOfControlGroups: Bool { kind == "cgroup" || isUnified }

  /// Whether it is the hierarchy of a membership.
  fileprivate func holds(_ membership: Membership) -> Bool {
    isUnified
      ? membership.controllers.isEmpty
      : membership.controllers.contains { $0 == "cpu" || $0 == "memory" }
        && membership.controllers.isSubset(of: controllers)
  }

  /// The process's own group, and those around it as far as they are mounted.
  fileprivate func folders(of membership: Membership) -> [String] {
    let root = source == "/" ? "" : source
    // A group that lies outside what is mounted, as in a container, is seen as the mount's root.
    var rest =
      membership.path == root || membership.path.hasPrefix(root + "/")
      ? membership.path.dropFirst(root.count) : ""
    if rest.contains("/..") { rest = "" }
    var folders: [String] = []
    while let slash = rest.lastIndex(of: "/") {
      if rest.count > 1 { folders.append(place + rest) }
      rest = rest[..<slash]
    }
    return folders + [place]
  }
}
