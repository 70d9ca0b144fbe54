internal import SystemPackage

/// Reads the options of a JSON object by name and type, and remembers which have been read.
///
/// A missing option gets the default that is given; a value of another type is an error that names
/// the file and the option.
struct OptionReader {
  let path: FilePath
  private let members: [String: JSON]
  private var read: Set<String> = []

  /// The object that the file at `path` holds.
  init(file path: FilePath) throws(NetworkError) {
    let bytes = try FileReading.contents(of: path, limit: 16 << 20)
    let document: JSON
    do {
      // Some editors begin a file with a byte order mark.
      let isMarked = bytes.starts(with: [0xef, 0xbb, 0xbf])
      document = try JSONParser.parse(Array(bytes.dropFirst(isMarked ? 3 : 0)))
    } catch {
      throw .json(path, offset: error.offset, problem: error.problem)
    }
    guard case .object(let members) = document else {
      throw .json(path, offset: 0, problem: "an object is expected")
    }
    self.path = path
    self.members = Dictionary(members.map { ($0.name, $0.value) }) { first, _ in first }
  }

  /// Options that nobody has asked for, sorted; names that begin with an underscore are left out.
  var unread: [String] {
    members.keys.filter { !$0.hasPrefix("_") && !read.contains($0) }.sorted()
  }

  /// Marks an option that decides nothing here as known.
  mutating func ignore(_ keys: String...) { read.formUnion(keys) }

  mutating func boolean(_ key: String, default value: Bool) throws(NetworkError) -> Bool {
    try required(key, "true or false", default: value) {
      if case .boolean(let value) = $0 { value } else { nil }
    }
  }

  mutating func integer(_ key: String, default value: Int) throws(NetworkError) -> Int {
    try required(key, "a whole number", default: value, Self.integer)
  }

  mutating func number(_ key: String, default value: Double) throws(NetworkError) -> Double {
    try required(key, "a number", default: value, Self.number)
  }

  mutating func string(_ key: String, default value: String) throws(NetworkError) -> String {
    try required(key, "a text", default: value, Self.string)
  }

  mutating func integers(_ key: String, default value: [Int]) throws(NetworkError) -> [Int] {
    try required(key, "a list of whole numbers", default: value) { Self.list($0, Self.integer) }
  }

  mutating func strings(_ key: String, default value: [String]) throws(NetworkError) -> [String] {
    try required(key, "a list of texts", default: value) { Self.list($0, Self.string) }
  }

  // MARK: Options that may be null

  mutating func optionalInteger(_ key: String, default value: Int?) throws(NetworkError) -> Int? {
    try optional(key, "a whole number or null", default: value, Self.integer)
  }

  mutating func optionalString(
    _ key: String, default value: String?
  ) throws(NetworkError) -> String? {
    try optional(key, "a text or null", default: value, Self.string)
  }

  mutating func optionalNumbers(_ key: String) throws(NetworkError) -> [Double]? {
    try optional(key, "a list of numbers or null", default: nil) { Self.list($0, Self.number) }
  }

  /// A whole number for both sides, or a list of height and width.
  mutating func optionalSize(_ key: String) throws(NetworkError) -> (height: Int, width: Int)? {
    try optional(key, "a whole number, a list of two or null", default: nil) { json in
      if let side = Self.integer(json) { return (side, side) }
      guard let sides = Self.list(json, Self.integer), sides.count == 2 else { return nil }
      return (sides[0], sides[1])
    }
  }

  // MARK: Types

  private static func integer(_ json: JSON) -> Int? {
    if case .integer(let value) = json { value } else { nil }
  }

  private static func number(_ json: JSON) -> Double? {
    switch json {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  private static func string(_ json: JSON) -> String? {
    if case .string(let value) = json { value } else { nil }
  }

  private static func list<Value>(_ json: JSON, _ convert: (JSON) -> Value?) -> [Value]? {
    guard case .array(let elements) = json else { return nil }
    let values = elements.compactMap(convert)
    return values.count == elements.count ? values : nil
  }

  private mutating func required<Value>(
    _ key: String, _ type: String, default value: Value, _ convert: (JSON) -> Value?
  ) throws(NetworkError) -> Value {
    read.insert(key)
    guard let json = members[key] else { return value }
    guard let converted = convert(json) else {
      throw .option(path, key: key, problem: "is \(json.summary), expected \(type)")
    }
    return converted
  }

  private mutating func optional<Value>(
    _ key: String, _ type: String, default value: Value?, _ convert: (JSON) -> Value?
  ) throws(NetworkError) -> Value? {
    if members[key] == .null {
      read.insert(key)
      return nil
    }
    return try required(key, type, default: value) { json in convert(json).map(Optional.some) }
  }
}
