internal import Files
import Foundation
public import SystemPackage
internal import Text
internal import Yams

/// A run's settings as its `config.yaml` keeps them.
package enum RunSettings {
  /// Writes the settings of a new run; of one that goes on, checks that they are the same and takes
  /// over what may change: where it ends, how often it saves and draws, what it records, and how many threads it
  /// has.
  ///
  /// A run without a checkpoint has nothing to lose and counts as new.
  ///
  /// - Returns: the settings of the run that goes on, as they were; nil of a new one.
  /// - Throws: `RunError.settingsDiffer`, which names each difference.
  @discardableResult
  package static func settle(
    _ settings: TrainingSettings, in folder: RunFolder, keepingConfiguration isKept: Bool
  ) throws -> TrainingSettings? {
    let text = try text(of: settings)
    guard let old = try folder.settings() else {
      try folder.writeSettings(text, keeping: isKept)
      return nil
    }
    let differences = try difference(old, settings)
    if !differences.isEmpty {
      throw RunError.settingsDiffer(folder.path, differences)
    }
    if old != settings { try folder.writeSettings(text, keeping: isKept) }
    return old
  }

  /// The settings as YAML.
  static func text(of settings: TrainingSettings) throws -> String {
    guard var mapping = try node(of: settings) else { return "" }
    for (key, value) in mapping where value.tag == Tag(.float) {
      if let number = value.float { mapping[key] = Node(YAMLNumber.text(number)) }
    }
    return try Yams.serialize(node: .mapping(mapping))
  }

  private static func node(of settings: TrainingSettings) throws -> Node.Mapping? {
    try Yams.compose(yaml: YAMLEncoder().encode(settings))?.mapping
  }

  /// Each setting that differs and may not, as "batch: 16 there, 32 here".
  private static func difference(_ old: TrainingSettings, _ new: TrainingSettings) throws
    -> [String]
  {
    let (old, new) = (try values(old), try values(new))
    return TrainingSettings.CodingKeys.allCases.compactMap { key in
      let (there, here) = (old[key.rawValue], new[key.rawValue])
      if there == here || key.setting.isChangeable { return nil }
      // A thousand numbers tell nobody anything.
      if key == .betas, there != nil, here != nil { return "betas: different values" }
      return "\(key.rawValue): \(there ?? "not set") there, \(here ?? "not set") here"
    }
  }

  private static func values(_ settings: TrainingSettings) throws -> [String: String] {
    // The usual ends of a schedule are the same whether they are written or not.
    var settings = settings
    (settings.betaStart, settings.betaEnd) = settings.betaEnds
    guard let mapping = try Yams.compose(yaml: text(of: settings))?.mapping else { return [:] }
    return Dictionary(
      mapping.map { ($0.key.string ?? "", $0.value.string ?? "") }, uniquingKeysWith: { $1 })
  }
}

extension RunFolder {
  /// Whether there is no run to go on with: one without a checkpoint has nothing to lose.
  package var isNew: Bool {
    get throws { try checkpointSteps().isEmpty && brokenCheckpoints().isEmpty }
  }

  /// The settings of the run that a new session would go on with; nil where there is none.
  ///
  /// - Throws: what keeps `config.yaml` from being read.
  public func settings() throws -> TrainingSettings? {
    guard try !isNew, try Folders.exists(settingsFile) else { return nil }
    return try TrainingSettings(yaml: settingsFile, over: .before)
  }
}

extension TrainingSettings {
  /// What a run has whose file does not say it, being older than the setting.
  static var before: TrainingSettings {
    var settings = TrainingSettings()
    settings.validationSplit = .each
    return settings
  }

  /// The most bytes that a file of settings may have.
  private static let largestFile = 1 << 20

  /// Reads settings from a YAML or a JSON file.
  ///
  /// - Parameter base: what settings have that the file does not name; nil for their usual values.
  /// - Throws: `RunError.configuration` with the file and what is wrong with it.
  public init(yaml path: FilePath, over base: TrainingSettings? = nil) throws {
    let text = try Self.text(of: path)
    do {
      var options: [CodingUserInfoKey: any Sendable] = [:]
      if let key = Self.baseKey { options[key] = base }
      // An empty file names nothing.
      let node = try Yams.compose(yaml: text) ?? Node.mapping([:])
      self = try YAMLDecoder().decode(
        TrainingSettings.self, from: node.null == nil ? node : .mapping([:]), userInfo: options)
    } catch let error as YamlError {
      throw RunError.configuration(path, cause: Self.describe(error, in: text))
    } catch let error as DecodingError {
      throw RunError.configuration(path, cause: Self.describe(error))
    } catch {
      throw RunError.configuration(path, cause: "\(error)")
    }
  }

  /// Under which the settings to start from are handed to the decoder.
  static let baseKey = CodingUserInfoKey(rawValue: "base")

  static func text(of path: FilePath) throws -> String {
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
      throw RunError.configuration(path, cause: "it has more than \(largestFile) bytes")
    }
    let text = PlainText.decoded(bytes[..<count])
    // JSON is YAML but for the tabs that it may be indented with.
    let isJSON = text.first { !$0.isWhitespace } == "{"
    return isJSON ? text.replacing("\t", with: " ") : text
  }

  private static func describe(_ error: YamlError, in text: String) -> String {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return "line \(mark.line), column \(mark.column): it is not valid YAML: \(problem)"
    case .duplicatedKeysInMapping(let keys, let context):
      let key = keys.first ?? ""
      let lines = lines(of: key, in: text)
      return lines.count > 1
        ? "line \(lines[1]): \(key) is set a second time, after line \(lines[0])"
        : "line \(context.mark.line): \(key) is set twice"
    default: return "it is not valid YAML: \(error)"
    }
  }

  /// The lines, counted from 1, that begin with a key.
  private static func lines(of key: String, in text: String) -> [Int] {
    let quotes: Set<Character> = ["\"", "'", "{", ",", " ", "\t"]
    return text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated()
      .filter { _, line in
        let rest = line.drop(while: quotes.contains)
        return rest.hasPrefix(key)
          && rest.dropFirst(key.count).drop(while: quotes.contains).first == ":"
      }.map { $0.offset + 1 }
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
