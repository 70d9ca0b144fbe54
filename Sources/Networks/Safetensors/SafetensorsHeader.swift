internal import SystemPackage

/// The table of a safetensors file: what tensors it holds, and where.
///
/// A file is eight bytes (the header's length, little-endian), the header in JSON, and the tensors'
/// bytes. Every rule of the format is checked: known types, sizes that equal the shapes', tensors
/// that fill the data without gap or overlap, no name twice.
package struct SafetensorsHeader: Sendable {
  /// A tensor's place in the file.
  package struct Tensor: Equatable, Sendable {
    package let name: String
    package let type: ElementType
    package let shape: [Int]
    /// Byte range, counted from the end of the header.
    package let range: Range<Int>
  }

  /// In the order in which the header names them.
  package let tensors: [Tensor]
  /// What the writer noted about the file.
  package let metadata: [String: String]
  /// A header longer than this is refused, as by the reference implementation.
  static let lengthLimit = 100_000_000

  /// Reads the header's JSON in `bytes`, which describes `dataLength` bytes after it.
  init(_ bytes: [UInt8], dataLength: Int, path: FilePath) throws(NetworkError) {
    let document: JSON
    do {
      document = try JSONParser.parse(bytes)
    } catch {
      throw .safetensors(
        path,
        cause: "the header is not valid JSON: \(error.problem) at byte \(8 + error.offset)")
    }
    guard case .object(let members) = document else {
      throw .safetensors(path, cause: "the header is not a JSON object")
    }
    var tensors: [Tensor] = []
    var metadata: [String: String] = [:]
    for member in members {
      if member.name == "__metadata__" {
        metadata = try Self.metadata(member.value, path)
      } else {
        tensors.append(try Self.tensor(member, path))
      }
    }
    try Self.checkLayout(tensors, dataLength: dataLength, path)
    self.tensors = tensors
    self.metadata = metadata
  }

  private static func metadata(
    _ json: JSON, _ path: FilePath
  ) throws(NetworkError) -> [String: String] {
    guard case .object(let members) = json else {
      throw .safetensors(path, cause: "__metadata__ is \(json.summary), expected texts by name")
    }
    var metadata: [String: String] = [:]
    for member in members {
      guard case .string(let text) = member.value else {
        throw .safetensors(
          path, cause: "\(member.name) in __metadata__ is \(member.value.summary), expected a text")
      }
      metadata[member.name] = text
    }
    return metadata
  }

  private static func tensor(
    _ member: JSON.Member, _ path: FilePath
  ) throws(NetworkError) -> Tensor {
    func failure(_ cause: String) -> NetworkError {
      .tensor(path, name: member.name, cause: cause)
    }
    guard case .object(let fields) = member.value else {
      throw failure("is \(member.value.summary), expected dtype, shape and data_offsets")
    }
    guard Set(fields.map(\.name)) == ["dtype", "shape", "data_offsets"] else {
      throw failure("must have dtype, shape and data_offsets and nothing else")
    }
    let values = Dictionary(fields.map { ($0.name, $0.value) }) { first, _ in first }

    guard case .string(let typeName) = values["dtype"] else { throw failure("dtype is not a text") }
    guard let type = ElementType(rawValue: typeName) else {
      let known = ElementType.allCases.map(\.rawValue).joined(separator: ", ")
      throw failure("has the type \(typeName.prefix(20)), expected one of \(known)")
    }
    guard let shape = counts(values["shape"]) else {
      throw failure("shape is not a list of whole numbers")
    }
    guard let offsets = counts(values["data_offsets"]), offsets.count == 2, offsets[0] <= offsets[1]
    else { throw failure("data_offsets are not a begin and an end") }

    var size = type.size
    for side in shape {
      let (product, overflow) = size.multipliedReportingOverflow(by: side)
      if overflow { throw failure("is larger than any memory") }
      size = product
    }
    guard size == offsets[1] - offsets[0] else {
      throw failure(
        "has \(offsets[1] - offsets[0]) bytes where \(typeName) of shape \(shape) has \(size)")
    }
    return Tensor(name: member.name, type: type, shape: shape, range: offsets[0]..<offsets[1])
  }

  /// A list of numbers that are not negative.
  private static func counts(_ json: JSON?) -> [Int]? {
    guard case .array(let elements) = json else { return nil }
    let counts = elements.compactMap { element in
      if case .integer(let value) = element, value >= 0 { value } else { nil }
    }
    return counts.count == elements.count ? counts : nil
  }

  private static func checkLayout(
    _ tensors: [Tensor], dataLength: Int, _ path: FilePath
  ) throws(NetworkError) {
    let ordered = tensors.sorted {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
    var end = 0
    for tensor in ordered {
      let begin = tensor.range.lowerBound
      if tensor.range.upperBound > dataLength {
        throw .tensor(
          path, name: tensor.name,
          cause: "ends at byte \(tensor.range.upperBound) of \(dataLength) bytes of data; "
            + "the file is cut short or damaged")
      }
      if begin < end { throw .tensor(path, name: tensor.name, cause: "overlaps another tensor") }
      if begin > end {
        throw .tensor(
          path, name: tensor.name, cause: "begins at byte \(begin) where \(end) is expected")
      }
      end = tensor.range.upperBound
    }
    if end != dataLength {
      throw .safetensors(
        path, cause: "\(dataLength - end) bytes at the end belong to no tensor")
    }
  }
}
