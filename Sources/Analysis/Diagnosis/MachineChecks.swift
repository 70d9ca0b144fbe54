internal import Checkpoints
internal import Distributed
import Foundation
package import Host
internal import SystemPackage
internal import Text

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Processor, memory, limits and MPI.
package enum MachineChecks {
  package typealias Finding = Diagnosis.Finding

  static var all: [Finding] {
    [
      processor(Machine.processor, used: Machine.instructionSet, best: Machine.bestInstructionSet),
      threads(
        Machine.threads, available: Processors.available, allowed: Processors.allowed,
        quota: Processors.quota, load: load),
      memory(Memory.available, free: MemoryUse.available()),
      openFiles(openFileLimit),
      mpi(ProcessGroup.libraries, sharedMemory: FreeSpace.bytes(in: "/dev/shm")),
    ]
  }

  /// - Parameters:
  ///   - used: the instruction set that kernels run on.
  ///   - best: the best one of this processor.
  package static func processor(_ name: String, used: String, best: String) -> Finding {
    let text = "\(name), instruction set \(used)"
    if used != best {
      return Finding(
        "processor", .warning, text, "It has \(best): unset STIPPLE_ISA to compute faster.")
    }
    if used == "sse2" {
      return Finding(
        "processor", .warning, text,
        "Networks compute slowly without AVX2: take another machine for training.")
    }
    return Finding("processor", text)
  }

  /// - Parameters:
  ///   - count: how many threads compute by default.
  ///   - available: the processors that this process may use.
  ///   - load: processes that run or wait to run, averaged over a minute.
  package static func threads(
    _ count: Int, available: Int, allowed: Int, quota: Double?, load: Double?
  ) -> Finding {
    var text = counted(count, "thread") + " on " + counted(allowed, "CPU")
    if let quota { text += ", CPU quota \(Readable.number(quota))" }
    if let load { text += ", load \(String(format: "%.1f", load))" }
    if count < available {
      return Finding(
        "threads", .warning, text,
        "OMP_NUM_THREADS is set: unset it to use \(counted(available, "CPU")).")
    }
    if let load, load > 1.5 * Double(available) {
      return Finding(
        "threads", .warning, text,
        "Other programs are using the CPUs: training takes longer than estimated.")
    }
    return Finding("threads", text)
  }

  /// - Parameter free: bytes that other programs leave.
  package static func memory(_ limit: Memory, free: Int?) -> Finding {
    var text = Machine.amount(limit.bytes)
    switch limit.limit {
    case .machine, .setting: break
    case .controlGroup: text += " (limit of the container)"
    case .process: text += " (ulimit)"
    }
    let usable = min(free ?? .max, limit.bytes)
    if let free, free < limit.bytes { text += ", \(Machine.amount(free)) of it free" }
    if usable < 150_000_000 {
      return Finding(
        "memory", .problem, text, "Even the smallest networks need 150 MB: close other programs.")
    }
    if usable < 1_000_000_000 {
      return Finding(
        "memory", .warning, text,
        "Enough for images of 32 x 32 pixels; --dry-run shows what a command needs.")
    }
    return Finding("memory", text)
  }

  package static func openFiles(_ limit: Int) -> Finding {
    let text = limit == .max ? "no limit" : "up to \(Readable.grouped(limit))"
    guard limit < 256 else { return Finding("open files", text) }
    return Finding(
      "open files", .warning, text, "Few for jobs with many threads: run ulimit -n 1024 first.")
  }

  /// - Parameter sharedMemory: free bytes of /dev/shm, by which processes of one machine exchange data.
  package static func mpi(_ libraries: [String], sharedMemory: Int?) -> Finding {
    if libraries.isEmpty {
      return Finding("MPI", "none found; needed only for training with several processes")
    }
    let text = libraries.joined(separator: ", ")
    if let sharedMemory, sharedMemory < 64_000_000 {
      return Finding(
        "MPI", .warning, "\(text); \(Machine.amount(sharedMemory)) free in /dev/shm",
        "Processes on one machine need more: with containers, docker run --shm-size 1g.")
    }
    return Finding("MPI", text)
  }

  private static var load: Double? {
    var loads = [0.0]
    return getloadavg(&loads, 1) == 1 ? loads[0] : nil
  }

  private static var openFileLimit: Int {
    var limit = rlimit()
    #if canImport(Glibc)
      let kind = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
      let kind = RLIMIT_NOFILE
    #endif
    guard getrlimit(kind, &limit) == 0, limit.rlim_cur < 1 << 60 else { return .max }
    return Int(limit.rlim_cur)
  }
}
