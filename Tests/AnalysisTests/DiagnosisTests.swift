import Analysis
import Files
import Host
import SystemPackage
import Testing

/// What is said of machines that this one is not.
@Suite struct DiagnosisTests {
  @Test
  func `each limit is a warning or a problem with advice, and none is said of a sound machine`() {
    let sound = FolderProbe.sound
    let rows: [(Diagnosis.Finding, Diagnosis.Status, String)] = [
      (MachineChecks.processor("X", used: "avx2", best: "avx2"), .good, "X, instruction set avx2"),
      (MachineChecks.processor("X", used: "sse2", best: "avx2"), .warning, "instruction set sse2"),
      (MachineChecks.processor("X", used: "sse2", best: "sse2"), .warning, "instruction set sse2"),
      (
        MachineChecks.threads(8, available: 8, allowed: 8, quota: nil, load: 3), .good,
        "8 threads on 8 CPUs, load 3.0"
      ),
      (
        MachineChecks.threads(1, available: 1, allowed: 1, quota: nil, load: nil), .good,
        "1 thread on 1 CPU"
      ),
      (
        MachineChecks.threads(2, available: 8, allowed: 8, quota: nil, load: 0), .warning,
        "2 threads on 8 CPUs"
      ),
      (
        MachineChecks.threads(2, available: 2, allowed: 8, quota: 1.5, load: 9), .warning,
        "2 threads on 8 CPUs, CPU quota 1.5, load 9.0"
      ),
      (memory(8_000, free: 6_000), .good, "8 GB, 6 GB of it free"),
      (memory(8_000, free: 900), .warning, "8 GB, 900 MB of it free"),
      (memory(8_000, free: 100), .problem, "8 GB, 100 MB of it free"),
      (memory(8_000, group: 500, free: 6_000), .warning, "500 MB (limit of the container)"),
      (memory(8_000, process: 120, free: nil), .problem, "120 MB (ulimit)"),
      (MachineChecks.openFiles(1024), .good, "up to 1,024"),
      (MachineChecks.openFiles(.max), .good, "no limit"),
      (MachineChecks.openFiles(128), .warning, "up to 128"),
      (MachineChecks.mpi([], sharedMemory: 0), .good, "none found"),
      (MachineChecks.mpi(["Open MPI 4"], sharedMemory: nil), .good, "Open MPI 4"),
      (MachineChecks.mpi(["Open MPI 4"], sharedMemory: 1_000_000), .warning, "1 MB free"),
      (FolderChecks.files("/a", kind: "ext4", sound), .good, "/a (ext4): "),
      (folder(locks: nil), .warning, "no file locks"), (folder(locks: false), .problem, "locks"),
      (folder(replaces: false), .problem, "renamed"),
      (folder(protects: false), .problem, "renamed"),
      (folder(syncs: false), .warning, "synced"),
      (FolderChecks.space(nil), .good, "unknown"),
      (FolderChecks.space(50_000_000), .problem, "50 MB"),
      (FolderChecks.space(1_500_000_000), .warning, "1.5 GB"),
      (FolderChecks.space(5_000_000_000), .good, "5 GB free"),
      (DataChecks.models(["a", "b"], broken: [], folders: ["/f"]), .good, "a, b"),
      (DataChecks.models([], broken: [], folders: ["/f", "/g"]), .warning, "/f, /g"),
      (DataChecks.models(["a"], broken: ["/f/b.h5: ends early"], folders: []), .problem, "/f/b.h5"),
    ]
    for (finding, status, words) in rows {
      #expect(finding.status == status, "\(finding)")
      #expect(finding.text.contains(words), "\(finding)")
      #expect((finding.advice == nil) == (status == .good), "\(finding)")
    }
  }

  private func memory(
    _ machine: Int, group: Int? = nil, process: Int? = nil, free: Int?
  ) -> Diagnosis.Finding {
    let mega = 1_000_000
    return MachineChecks.memory(
      Memory(
        machine: machine * mega, controlGroup: group.map { $0 * mega },
        process: process.map { $0 * mega }), free: free.map { $0 * mega })
  }

  private func folder(
    locks: Bool? = true, replaces: Bool = true, protects: Bool = true, syncs: Bool = true
  ) -> Diagnosis.Finding {
    FolderChecks.files(
      "/a", kind: nil,
      FolderProbe(locks: locks, replaces: replaces, protects: protects, syncs: syncs))
  }
}
