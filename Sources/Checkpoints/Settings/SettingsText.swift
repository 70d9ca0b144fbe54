internal import Files
internal import SystemPackage
internal import Text
internal import Yams

/// A YAML or JSON file of settings, which says in which line something is wrong.
struct SettingsText {
  /// The most bytes that it may have.
  private static let largestFile = 1 << 20

  let path: FilePath
  let text: String
  private let node: Node

  /// - Throws: `FileError`, or `RunError.configuration` for what is no YAML.
  init(_ path: FilePath) throws {
    self.path = path
    text = try Self.text(of: path)
    do {
      // An empty file names nothing.
      let node = try Yams.compose(yaml: text) ?? Node.mapping([:])
      self.node = node.null == nil ? node : .mapping([:])
    } catch let error as YamlError {
      throw RunError.configuration(path, cause: Self.describe(error, in: text))
    }
    for (key, value) in self.node.mapping ?? [:] {
      guard let name = key.string, let scalar = value.scalar, scalar.style == .plain,
        scalar.string.isEmpty
      else { continue }
      throw refusal(of: name, "has no value" + remedy(at: key.mark?.line))
    }
  }

  /// What to do where a color has become a comment.
  private func remedy(at line: Int?) -> String {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    guard let line, lines.indices.contains(line - 1),
      let color = lines[line - 1].firstMatch(of: /:\s+(#[0-9a-fA-F]{6})\b/)
    else { return "" }
    return "; write '\(color.1)' in quotation marks"
  }

  /// What it gives values to.
  var names: [String] { node.mapping?.keys.compactMap(\.string) ?? [] }

  /// Whether there is a section of a name.
  func hasSection(_ name: String) -> Bool { node.mapping?[name] != nil }

  /// What the file describes.
  ///
  /// - Throws: `RunError.configuration` with the file and what is wrong with it.
  func decode<Value: Decodable>(
    _ type: Value.Type, _ options: [CodingUserInfoKey: any Sendable] = [:]
  ) throws -> Value {
    do {
      return try YAMLDecoder().decode(type, from: node, userInfo: options)
    } catch let error as DecodingError {
      throw RunError.configuration(path, cause: describe(error))
    } catch let error as YamlError {
      throw RunError.configuration(path, cause: Self.describe(error, in: text))
    } catch {
      throw RunError.configuration(path, cause: "\(error)")
    }
  }

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
    if text.utf8.contains(where: { $0 < 0x20 && !(0x09...0x0d).contains($0) }) {
      throw RunError.configuration(path, cause: "it is not a text file")
    }
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

  /// Why the value of a name is not taken.
  func refusal(of name: String, _ cause: String) -> RunError {
    let path = SettingsFile.AnyKey(stringValue: name).map { [$0] } ?? []
    return .configuration(
      self.path,
      cause: describe(.dataCorrupted(.init(codingPath: path, debugDescription: cause))))
  }

  private func describe(_ error: DecodingError) -> String {
    switch error {
    case .dataCorrupted(let context), .keyNotFound(_, let context),
      .typeMismatch(_, let context), .valueNotFound(_, let context):
      let key = context.codingPath.map(\.stringValue).joined(separator: ".")
      let line = line(of: context.codingPath).map { "line \($0): " } ?? ""
      var cause = context.debugDescription
      if case .typeMismatch(let type, _) = error {
        cause = (key.isEmpty ? "it is not " : "is not ") + Self.words(for: type)
      }
      return line + (key.isEmpty ? "" : "\(key): ") + cause
    @unknown default: return "\(error)"
    }
  }

  /// What a value should be, in a user's words.
  private static func words(for type: any Any.Type) -> String {
    switch type {
    case is UInt64.Type: UInt64.form(nil)
    case is any FixedWidthInteger.Type: "a whole number"
    case is any BinaryFloatingPoint.Type: "a number"
    case is Bool.Type: "true or false"
    case is Node.Mapping.Type: "a list of settings, each a line `key: value`"
    case is Node.Sequence.Type: "a list of values"
    default: "one value"
    }
  }

  /// The line of the last key of a path, counted from 1.
  private func line(of keys: [any CodingKey]) -> Int? {
    var (place, line) = (node, Int?.none)
    for key in keys {
      guard
        let pair = place.mapping?.first(where: { $0.key.string == key.stringValue })
      else { return line }
      (place, line) = (pair.value, pair.key.mark?.line)
    }
    return line
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
