import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

/// Control groups of both versions, in folders that stand for `/proc` and `/sys`.
@Suite struct ControlGroupsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func groups(_ files: [String: String]) throws -> ControlGroups {
    for (name, text) in files {
      let path = URL(filePath: folder.path.string).appending(path: name)
      try FileManager.default.createDirectory(
        at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data((text + "\n").utf8).write(to: path)
    }
    return ControlGroups(root: folder.path.string)
  }

  private static let unified =
    "30 24 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate"

  @Test func `of nested groups of version 2 the smallest limits hold`() throws {
    let groups = try groups([
      "proc/self/mountinfo": "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n" + Self.unified,
      "proc/self/cgroup": "0::/jobs/7/step",
      "sys/fs/cgroup/jobs/7/step/cpu.max": "max 100000",
      "sys/fs/cgroup/jobs/7/step/memory.max": "8000000000",
      "sys/fs/cgroup/jobs/7/cpu.max": "150000 100000",
      "sys/fs/cgroup/jobs/7/memory.max": "max",
      "sys/fs/cgroup/jobs/cpu.max": "400000 100000",
      "sys/fs/cgroup/jobs/memory.max": "3000000000",
    ])
    #expect(groups.processorQuota == 1.5)
    #expect(groups.memoryLimit == 3_000_000_000)
  }

  @Test func `a container's own group is what it sees at the mount`() throws {
    let groups = try groups([
      "proc/self/mountinfo": Self.unified, "proc/self/cgroup": "0::/",
      "sys/fs/cgroup/cpu.max": "50000 100000", "sys/fs/cgroup/memory.max": "512000000",
    ])
    #expect(groups.processorQuota == 0.5)
    #expect(groups.memoryLimit == 512_000_000)
  }

  @Test func `version 1 has a hierarchy for each controller`() throws {
    let groups = try groups([
      "proc/self/mountinfo": """
      31 25 0:27 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
      32 25 0:28 / /sys/fs/cgroup/my\\040memory rw - cgroup cgroup rw,memory
      33 25 0:29 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids
      """,
      "proc/self/cgroup": "5:pids:/a\n4:memory:/a/b\n3:cpu,cpuacct:/a/b",
      "sys/fs/cgroup/cpu,cpuacct/a/b/cpu.cfs_quota_us": "-1",
      "sys/fs/cgroup/cpu,cpuacct/a/b/cpu.cfs_period_us": "100000",
      "sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us": "20000",
      "sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us": "10000",
      "sys/fs/cgroup/my memory/a/b/memory.limit_in_bytes": "9223372036854771712",
      "sys/fs/cgroup/my memory/memory.limit_in_bytes": "1073741824",
    ])
    #expect(groups.processorQuota == 2)
    #expect(groups.memoryLimit == 1 << 30)
  }

  @Test func `a group that is mounted as a part is found below its own root`() throws {
    let groups = try groups([
      "proc/self/mountinfo":
        "31 25 0:27 /docker/abc /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu",
      "proc/self/cgroup": "3:cpu:/docker/abc/inner",
      "sys/fs/cgroup/cpu/inner/cpu.cfs_quota_us": "300000",
      "sys/fs/cgroup/cpu/inner/cpu.cfs_period_us": "100000",
    ])
    #expect(groups.processorQuota == 3)
  }

  @Test func `without limits, or without control groups, nothing is limited`() throws {
    let none = try groups([:])
    #expect(none.processorQuota == nil && none.memoryLimit == nil)
    let free = try groups([
      "proc/self/mountinfo": Self.unified, "proc/self/cgroup": "0::/../../elsewhere",
      "sys/fs/cgroup/cpu.max": "max 100000", "sys/fs/cgroup/memory.max": "max",
    ])
    #expect(free.processorQuota == nil && free.memoryLimit == nil)
  }

  @Test(
    arguments: [(8, 1.5, 2), (8, 0.1, 1), (2, 4, 2), (2, 2, 2), (4, nil, 4)]
      as [(Int, Double?, Int)])
  func `threads are as many as processors, and as the quota pays for`(
    _ allowed: Int, _ quota: Double?, _ count: Int
  ) {
    #expect(Processors.count(allowed: allowed, quota: quota) == count)
  }

  @Test func `the affinity's list is counted`() {
    #expect(Processors.count(inList: "\t0-3,8") == 5)
    #expect(Processors.count(inList: "2") == 1)
    #expect(Processors.count(inList: "") == 0)
  }

  @Test func `the smallest limit of memory holds, and is named`() {
    #expect(Memory(machine: 10, controlGroup: nil, process: nil).limit == .machine)
    let group = Memory(machine: 10, controlGroup: 5, process: 7)
    #expect(group.bytes == 5 && group.limit == .controlGroup)
    #expect(Memory(machine: 10, controlGroup: 12, process: 7).limit == .process)
  }
}
