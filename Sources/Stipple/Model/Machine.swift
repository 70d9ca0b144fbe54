import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What a checkpoint says of where it was made.
package enum Machine {
  /// The program and its version.
  package static let creator = "stipple 0.1.0"

  /// The processor's name.
  package static let processor: String = {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
    let name = line?.split(separator: ":", maxSplits: 1).last.map {
      $0.trimmingCharacters(in: .whitespaces)
    }
    return name ?? "unknown"
  }()

  /// The most memory that the process has had.
  package static var peakMegabytes: Double {
    var usage = rusage()
    #if canImport(Glibc)
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
      return Double(usage.ru_maxrss) / 1000
    #else
      getrusage(RUSAGE_SELF, &usage)
      return Double(usage.ru_maxrss) / 1e6
    #endif
  }
}
