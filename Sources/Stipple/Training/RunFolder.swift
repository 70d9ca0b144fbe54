internal import Files
public import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Where a training run keeps its things.
///
///     config.yaml  metrics.csv  performance.csv  log.txt
///     checkpoints/step-00012000.h5  samples/step-00012000.png
public struct RunFolder: Sendable {
  public let path: FilePath

  public init(_ path: FilePath) { self.path = path }

  var configuration: FilePath { path.appending("config.yaml") }
  var metrics: FilePath { path.appending("metrics.csv") }
  var performance: FilePath { path.appending("performance.csv") }
  var log: FilePath { path.appending("log.txt") }
  var checkpoints: FilePath { path.appending("checkpoints") }
  var samples: FilePath { path.appending("samples") }

  func checkpoint(step: Int) -> FilePath { checkpoints.appending(Self.name(step, "h5")) }
  func sample(step: Int) -> FilePath { samples.appending(Self.name(step, "png")) }

  private static func name(_ step: Int, _ suffix: String) -> String {
    let digits = String(step)
    return "step-" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits + ".\(suffix)"
  }

  /// The steps of which there is a checkpoint, smallest first.
  public func checkpointSteps() -> [Int] {
    Folders.names(in: checkpoints).compactMap { name in
      guard name.hasPrefix("step-"), name.hasSuffix(".h5") else { return nil }
      return Int(name.dropFirst(5).dropLast(3))
    }.sorted()
  }

  /// Makes the folders, and removes what writers that are dead left behind.
  func prepare() throws {
    for folder in [path, checkpoints, samples] {
      try Folders.make(folder)
      Folders.removeAbandoned(in: folder)
    }
  }
}

/// The right to write to a run folder, which one process has at a time.
///
/// The system's lock on the file `lock` ends with its process, however that ends; what the file says
/// is for people.
final class RunLock {
  private let descriptor: FileDescriptor

  /// Takes the lock.
  ///
  /// - Throws: `TrainingError.runIsLocked` where another process has it.
  init(_ folder: RunFolder) throws {
    let path = folder.path.appending("lock")
    do {
      descriptor = try FileDescriptor.open(
        path, .readWrite, options: [.create],
        permissions: [.ownerReadWrite, .groupRead, .otherRead])
    } catch {
      throw FileError(path, "could not be opened", error)
    }
    guard flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0 else {
      var bytes = [UInt8](repeating: 0, count: 256)
      let count = (try? bytes.withUnsafeMutableBytes { try descriptor.read(into: $0) }) ?? 0
      try? descriptor.close()
      let owner = String(decoding: bytes[..<count], as: UTF8.self)
      throw TrainingError.runIsLocked(
        folder.path, owner: owner.isEmpty ? "another process" : String(owner.prefix { $0 != "\n" }))
    }
    _ = ftruncate(descriptor.rawValue, 0)
    _ = try? descriptor.writeAll("process \(getpid()) on \(Self.host)\n".utf8)
  }

  deinit { try? descriptor.close() }

  private static var host: String {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count - 1)
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
