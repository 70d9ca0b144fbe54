internal import Foundation
package import SystemPackage

/// One run of the built `stipple`: what it was told, what it said, and how it ended.
package struct ProgramRun: Sendable, CustomStringConvertible {
  /// What stood on the command line, without the program's name.
  package let arguments: [String]
  /// The exit status; 128 and the signal's number where a signal ended the program.
  package let status: Int32
  /// What came on standard output.
  package let output: String
  /// What came on standard error.
  package let errors: String

  /// Runs the program to its end.
  ///
  /// At most two run at a time, however many tests ask.
  ///
  /// - Parameters:
  ///   - program: the program's name; another one's is for the examples.
  ///   - folder: the working folder; nil for the tests' own.
  ///   - environment: variables beside the tests' own.
  ///   - limit: after which the program is killed, which is an error.
  ///   - interruption: a signal that is sent on the way.
  /// - Throws: `ProgramError` where the program is not built or does not end.
  package init(
    _ arguments: [String], of program: String = "stipple", in folder: FilePath? = nil,
    environment: [String: String] = [:], limit: Duration = .seconds(300),
    interruption: Interruption? = nil
  ) async throws {
    let program = try Self.program(program)
    let (status, output, errors) = try await Seats.shared.taken {
      // A thread of its own, as those of the pool are busy with other tests for seconds.
      try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread {
          continuation.resume(
            with: Result {
              try Self.run(program, arguments, in: folder, environment, limit, interruption)
            })
        }
      }
    }
    self.arguments = arguments
    self.status = status
    self.output = output
    self.errors = errors
  }

  /// The last line on standard error.
  package var lastError: String {
    errors.split(separator: "\n").last.map(String.init) ?? ""
  }

  package var description: String {
    "stipple \(arguments.joined(separator: " ")) → \(status)\n\(output)\(errors)"
  }

  /// Where the program is that was built along with the tests.
  package static func program(_ name: String = "stipple") throws(ProgramError) -> FilePath {
    #if os(Linux)
      let tests = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    #else
      let tests = Bundle(for: Anchor.self).bundleURL
    #endif
    let path = tests.deletingLastPathComponent().appending(path: name).path
    guard FileManager.default.isExecutableFile(atPath: path) else { throw .notBuilt(path) }
    return FilePath(path)
  }

  private static func run(
    _ program: FilePath, _ arguments: [String], in folder: FilePath?,
    _ environment: [String: String], _ limit: Duration, _ interruption: Interruption?
  ) throws -> (Int32, String, String) {
    // Files instead of pipes: they hold any amount without anyone reading.
    let scratch = try TemporaryFolder()
    let (output, errors) = (scratch / "output", scratch / "errors")
    for path in [output, errors] { try Data().write(to: URL(filePath: path.string)) }

    let process = Process()
    process.executableURL = URL(filePath: program.string)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    if let folder { process.currentDirectoryURL = URL(filePath: folder.string) }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: URL(filePath: output.string))
    process.standardError = try FileHandle(forWritingTo: URL(filePath: errors.string))
    try withoutBlockedSignals { try process.run() }

    let end = ContinuousClock.now + limit
    var pending = interruption
    while process.isRunning {
      Thread.sleep(forTimeInterval: 0.005)
      if let due = pending, FileManager.default.fileExists(atPath: due.path.string) {
        kill(process.processIdentifier, due.signal)
        pending = nil
      }
      if ContinuousClock.now > end {
        kill(process.processIdentifier, SIGKILL)
        throw ProgramError.tooSlow(arguments, limit, try text(errors))
      }
    }
    process.waitUntilExit()
    let status = process.terminationStatus
    return (
      process.terminationReason == .uncaughtSignal ? 128 + status : status,
      try text(output), try text(errors)
    )
  }

  /// Runs what starts a process, which would inherit that this thread blocks signals, as those of a
  /// pool and their children do.
  package static func withoutBlockedSignals(_ body: () throws -> Void) rethrows {
    var (none, usual) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, &usual)
    defer { pthread_sigmask(SIG_SETMASK, &usual, nil) }
    try body()
  }

  private static func text(_ path: FilePath) throws -> String {
    String(decoding: try Data(contentsOf: URL(filePath: path.string)), as: UTF8.self)
  }

  private final class Anchor {}
}

extension ProgramRun {
  /// A signal that is sent as soon as a file is there.
  package struct Interruption: Sendable {
    let signal: Int32
    let path: FilePath

    package init(_ signal: Int32, whenExists path: FilePath) {
      self.signal = signal
      self.path = path
    }
  }
}

/// Why there is no run to look at.
package enum ProgramError: Error, CustomStringConvertible {
  case notBuilt(String)
  case tooSlow([String], Duration, String)

  package var description: String {
    switch self {
    case .notBuilt(let path): "\(path): there is no such program; was it built with the tests?"
    case .tooSlow(let arguments, let limit, let errors):
      "stipple \(arguments.joined(separator: " ")) had not ended after \(limit); it said: \(errors)"
    }
  }
}

/// The right to run a program, held by two at a time.
private actor Seats {
  static let shared = Seats()
  private var free = 2
  private var waiting: [CheckedContinuation<Void, Never>] = []

  nonisolated func taken<Result: Sendable>(by work: @Sendable () async throws -> Result)
    async throws -> Result
  {
    await take()
    do {
      let result = try await work()
      await leave()
      return result
    } catch {
      await leave()
      throw error
    }
  }

  private func take() async {
    if free > 0 {
      free -= 1
    } else {
      await withCheckedContinuation { waiting.append($0) }
    }
  }

  private func leave() {
    if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
  }
}
