internal import Files
import Foundation
public import SystemPackage
internal import Yams

/// A run's settings as its `config.yaml` keeps them.
enum RunSettings {
  /// Writes the settings of a new run; of one that goes on, checks that they are the same and takes
  /// over what may change: where it ends, how often it saves and draws, what it records, and how many threads it
  /// has.
  ///
  /// A run without a checkpoint has nothing to lose and counts as new.
  ///
  /// - Throws: `TrainingError.settingsDiffer`, which names each difference.
  static func settle(_ settings: TrainingSettings, in folder: RunFolder) throws {
    let text = try YAMLEncoder().encode(settings)
    guard let old = try folder.settings() else {
      return try AtomicFile.write(text.utf8, to: folder.configuration)
    }
    let differences = try difference(old, settings)
    if !differences.isEmpty {
      throw TrainingError.settingsDiffer(folder.path, differences)
    }
    if old != settings { try AtomicFile.write(text.utf8, to: folder.configuration) }
  }

  /// Each setting that differs and may not, as "batch: 16 there, 32 here".
  private static func difference(_ old: TrainingSettings, _ new: TrainingSettings) throws
    -> [String]
  {
    let (old, new) = (try values(old), try values(new))
    return TrainingSettings.CodingKeys.allCases.compactMap { key in
      let (there, here) = (old[key.rawValue], new[key.rawValue])
      if there == here || TrainingSettings.changeable.contains(key) { return nil }
      // A thousand numbers tell nobody anything.
      if key == .betas, there != nil, here != nil { return "betas: other numbers there" }
      return "\(key.rawValue): \(there ?? "not set") there, \(here ?? "not set") here"
    }
  }

  private static func values(_ settings: TrainingSettings) throws -> [String: String] {
    let node = try YAMLEncoder().encode(settings)
    guard let mapping = try Yams.compose(yaml: node)?.mapping else { return [:] }
    return Dictionary(
      mapping.map { ($0.key.string ?? "", $0.value.string ?? "") }, uniquingKeysWith: { $1 })
  }
}

extension RunFolder {
  /// The settings of the run that a new session would go on with; nil where there is none.
  ///
  /// - Throws: what keeps `config.yaml` from being read.
  public func settings() throws -> TrainingSettings? {
    let hasCheckpoints = !checkpointSteps().isEmpty || !brokenCheckpoints().isEmpty
    guard hasCheckpoints, Folders.exists(configuration) else { return nil }
    return try TrainingSettings(yaml: configuration)
  }
}

extension TrainingSettings {
  /// The most bytes that a file of settings may have.
  private static let largestFile = 1 << 20

  /// Reads settings from a YAML file.
  ///
  /// - Parameter base: what settings have that the file does not name; nil for their usual values.
  /// - Throws: `TrainingError.configuration` with the file and what is wrong with it.
  public init(yaml path: FilePath, over base: TrainingSettings? = nil) throws {
    let text = try Self.text(of: path)
    do {
      var options: [CodingUserInfoKey: any Sendable] = [:]
      if let key = Self.baseKey { options[key] = base }
      // An empty file names nothing.
      self = try YAMLDecoder().decode(
        TrainingSettings.self, from: text.allSatisfy(\.isWhitespace) ? "{}" : text,
        userInfo: options)
    } catch let error as DecodingError {
      throw TrainingError.configuration(path, cause: Self.describe(error))
    } catch {
      throw TrainingError.configuration(path, cause: "\(error)")
    }
  }

  /// Under which the settings to start from are handed to the decoder.
  static let baseKey = CodingUserInfoKey(rawValue: "base")

  private static func text(of path: FilePath) throws -> String {
    var bytes = [UInt8](repeating: 0, count: largestFile + 1)
    let count: Int
    do {
      // Opening a pipe that nobody writes to would wait for ever without `.nonBlocking`.
      let descriptor = try FileDescriptor.open(
        path, .readOnly, options: [.nonBlocking, .closeOnExec])
      count = try descriptor.closeAfter { try bytes.withUnsafeMutableBytes(descriptor.readAll) }
    } catch {
      throw FileError(path, "could not be read", error)
    }
    if count > largestFile {
      throw TrainingError.configuration(path, cause: "it has more than \(largestFile) bytes")
    }
    return String(decoding: bytes[..<count], as: UTF8.self)
  }

  private static func describe(_ error: DecodingError) -> String {
    switch error {
    case .dataCorrupted(let context), .keyNotFound(_, let context),
      .typeMismatch(_, let context), .valueNotFound(_, let context):
      let key = context.codingPath.map(\.stringValue).joined(separator: ".")
      return key.isEmpty ? context.debugDescription : "\(key): \(context.debugDescription)"
    @unknown default: return "\(error)"
    }
  }
}

extension FileDescriptor {
  /// Reads until `buffer` is full or the file ends, and gives how many bytes there were.
  fileprivate func readAll(_ buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    var done = 0
    while done < buffer.count {
      let count = try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[done...]))
      if count == 0 { break }
      done += count
    }
    return done
  }
}
