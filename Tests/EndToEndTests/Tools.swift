import Foundation

/// What tests use of the machine: programs where they are installed, and the processor.
enum Tools {
  /// The instruction set that every processor of the architecture has, as `STIPPLE_ISA` names it.
  #if arch(arm64)
    static let leastInstructionSet = "neon"
  #else
    static let leastInstructionSet = "sse2"
  #endif

  static func has(_ name: String) -> Bool { succeeds("command -v \(name)") }

  static func succeeds(_ command: String) -> Bool {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["-c", command]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }
}
