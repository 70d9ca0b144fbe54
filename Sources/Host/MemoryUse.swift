internal import Foundation

/// The memory that is free now.
package enum MemoryUse {
  /// Bytes that new programs can have without swapping (proc(5), MemAvailable); nil where the system does not say.
  package static func available(
    _ text: String? = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8)
  ) -> Int? {
    let line = (text ?? "").split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
    return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
  }
}
