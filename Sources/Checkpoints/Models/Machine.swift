internal import CBuild
internal import CPU
package import Compiler
import Foundation
internal import HDF5
internal import Host
internal import PNGCodec
internal import Text

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What the program runs on, as checkpoints and figures of speed say it.
public enum Machine {
  /// Stipple's version.
  public static let version = String(cString: st_build_version())

  /// The commit that was built, with a "+" where files were changed since: "c25ec1189"; nil where the sources have
  /// no history.
  public static let commit: String? = {
    let commit = String(cString: st_build_commit())
    return commit.isEmpty ? nil : commit
  }()

  /// The program and its version.
  public static let creator = "stipple \(version)"

  /// What networks are computed on: the one place that chooses.
  package static let backend: any Backend = CPUBackend()

  /// Makes sure that the environment asks for what this machine has.
  public static func checkEnvironment() throws { try InstructionSet.check() }

  /// The default number of CPU threads.
  public static var threads: Int { Threads.count }

  /// The version of oneDNN that computes: "2.6.3".
  public static var oneDNNVersion: String { CPUBackend.oneDNNVersion }

  /// What the program was built with and runs on, by name: commit, Swift, libraries, instruction set.
  public static var components: KeyValuePairs<String, String> {
    [
      "commit": commit ?? "unknown", "Swift": swiftVersion, "oneDNN": oneDNNVersion,
      "HDF5": Library.version, "libpng": PNGLibrary.version,
      "instruction set": instructionSet,
    ]
  }

  /// The instruction set that kernels run on, as `STIPPLE_ISA` names it: "avx512bf16".
  public static var instructionSet: String { InstructionSet.current.name }

  /// The best instruction set that this processor has kernels for.
  package static var bestInstructionSet: String { InstructionSet.best.name }

  /// Major and minor version of the compiler.
  private static var swiftVersion: String {
    #if compiler(>=6.5)
      "6.5 or later"
    #elseif compiler(>=6.4)
      "6.4"
    #elseif compiler(>=6.3)
      "6.3"
    #else
      "6.2"
    #endif
  }

  /// The processor's name.
  public static let processor = ProcessorName.own.text

  /// The processors and the memory in a sentence: "2 of 8 CPUs (CPU quota 1.5), 4.29 GB of memory (container)".
  public static func summary(threads: Int? = nil) -> String {
    let count = threads ?? self.threads
    var processors = "\(count) \(count == 1 ? "CPU" : "CPUs")"
    if count < Processors.allowed {
      processors = "\(count) of \(Processors.allowed) CPUs"
      if threads == nil, let quota = Processors.quota, count == Processors.available {
        processors += " (CPU quota \(Readable.number(quota)))"
      }
    }
    let memory = Memory.available
    let cause =
      switch memory.limit {
      case .machine, .setting: ""
      case .controlGroup: " (limit of the container)"
      case .process: " (ulimit)"
      }
    return "\(processors), \(Readable.memory(Double(memory.bytes))) of memory\(cause)"
  }

  /// "267 MB", "17.2 GB".
  public static func amount(_ bytes: Int) -> String { Readable.memory(Double(bytes)) }

  /// Bytes of memory that this process may have.
  public static var memoryBytes: Int { Memory.available.bytes }

  /// The most memory that the process has had.
  public static var peakMegabytes: Double {
    // Where another program has started this one, getrusage may tell what that had had by then.
    let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    if let kibibytes = line?.split(separator: " ").dropFirst().first.flatMap({ Double($0) }) {
      return kibibytes * 1024 / 1e6
    }
    var usage = rusage()
    #if canImport(Glibc)
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
      return Double(usage.ru_maxrss) * 1024 / 1e6
    #else
      getrusage(RUSAGE_SELF, &usage)
      return Double(usage.ru_maxrss) / 1e6
    #endif
  }
}
