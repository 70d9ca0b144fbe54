import Foundation
import SystemPackage
import TestSupport

/// A command of the shell, run to its end.
struct ShellRun: CustomStringConvertible {
  let status: Int32
  /// What came on standard output and standard error.
  let output: String

  /// - Parameters:
  ///   - script: what bash runs, with the built program's path as `$STIPPLE`.
  ///   - arguments: `$1` and so on.
  init(_ script: String, _ arguments: [String] = [], in folder: FilePath) async throws {
    let scratch = try TemporaryFolder()
    let path = scratch / "output"
    try Data().write(to: URL(filePath: path.string))
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["-c", script, "bash"] + arguments
    process.currentDirectoryURL = URL(filePath: folder.string)
    process.environment = ProcessInfo.processInfo.environment.merging([
      "STIPPLE": try ProgramRun.program().string
    ]) { $1 }
    process.standardInput = FileHandle.nullDevice
    let file = try FileHandle(forWritingTo: URL(filePath: path.string))
    process.standardOutput = file
    process.standardError = file
    try ProgramRun.withoutBlockedSignals { try process.run() }
    while process.isRunning { try await Task.sleep(for: .milliseconds(10)) }
    process.waitUntilExit()
    status = process.terminationStatus
    output = String(decoding: try Data(contentsOf: URL(filePath: path.string)), as: UTF8.self)
  }

  var lastLine: String { output.split(separator: "\n").last.map(String.init) ?? "" }

  var description: String { "→ \(status)\n\(output)" }
}
