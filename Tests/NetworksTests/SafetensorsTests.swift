import Compiler
import Foundation
import Graph
import Networks
import SystemPackage
import TestSupport
import Testing

@Suite struct SafetensorsTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }
  var path: FilePath { folder / "a.safetensors" }

  static func tensor(_ type: String, _ shape: String, _ range: String) -> String {
    #"{"dtype":"\#(type)","shape":\#(shape),"data_offsets":\#(range)}"#
  }

  static let good = tensor("F32", "[2]", "[0,8]")

  /// A header, how many bytes of data follow, and what is said about them.
  static let hostile: [(String, Int, String)] = [
    (
      "", 0,
      "cannot be read as safetensors: the header is not valid JSON: it ends in the middle at byte 8"
    ),
    ("[]", 0, "cannot be read as safetensors: the header is not a JSON object"),
    (
      "{\"a\":\(good)}", 4,
      "tensor a: ends at byte 8 of 4 bytes of data; the file is cut short or damaged"
    ),
    (
      "{\"a\":\(good)}", 12, "cannot be read as safetensors: 4 bytes at the end belong to no tensor"
    ),
    (
      "{\"a\":\(good),\"a\":\(good)}", 8,
      "cannot be read as safetensors: the header is not valid JSON: a stands there twice at byte 62"
    ),
    (
      "{\"a\":\(good),\"b\":\(tensor("F32", "[2]", "[4,12]"))}", 12,
      "tensor b: overlaps another tensor"
    ),
    (
      "{\"a\":\(good),\"b\":\(tensor("F32", "[2]", "[0,8]"))}", 8,
      "tensor b: overlaps another tensor"
    ),
    (
      "{\"a\":\(good),\"b\":\(tensor("F32", "[1]", "[12,16]"))}", 16,
      "tensor b: begins at byte 12 where 8 is expected"
    ),
    (
      "{\"a\":\(tensor("F32", "[3]", "[0,8]"))}", 8,
      "tensor a: has 8 bytes where F32 of shape [3] has 12"
    ),
    (
      "{\"a\":\(tensor("I64", "[1]", "[0,8]"))}", 8,
      "tensor a: has the type I64, expected one of F64, F32, F16, BF16"
    ),
    (
      "{\"a\":\(tensor("F32", "[-2]", "[0,8]"))}", 8,
      "tensor a: shape is not a list of whole numbers"
    ),
    (
      "{\"a\":\(tensor("F32", "[2.0]", "[0,8]"))}", 8,
      "tensor a: shape is not a list of whole numbers"
    ),
    (
      "{\"a\":\(tensor("F32", "[true]", "[0,8]"))}", 8,
      "tensor a: shape is not a list of whole numbers"
    ),
    (
      "{\"a\":\(tensor("F32", "[2]", "[8,0]"))}", 8,
      "tensor a: data_offsets are not a begin and an end"
    ),
    (
      "{\"a\":\(tensor("F32", "[2]", "[0,8,9]"))}", 8,
      "tensor a: data_offsets are not a begin and an end"
    ),
    (
      "{\"a\":\(tensor("F32", "[2]", "[-8,0]"))}", 8,
      "tensor a: data_offsets are not a begin and an end"
    ),
    (
      "{\"a\":\(tensor("F32", "[4294967296,4294967296]", "[0,8]"))}", 8,
      "tensor a: is larger than any memory"
    ),
    (
      "{\"a\":\(tensor("F32", "[2305843009213693952]", "[0,9223372036854775807]"))}", 8,
      "tensor a: is larger than any memory"
    ),
    (
      "{\"a\":\(tensor("F32", "[1000000000000]", "[0,4000000000000]"))}", 8,
      "tensor a: ends at byte 4000000000000 of 8 bytes of data; the file is cut short or damaged"
    ),
    ("{\"a\":[1]}", 8, "tensor a: is a list, expected dtype, shape and data_offsets"),
    (
      "{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}", 8,
      "tensor a: must have dtype, shape and data_offsets and nothing else"
    ),
    (
      "{\"__metadata__\":{\"a\":1}}", 0,
      "cannot be read as safetensors: a in __metadata__ is 1, expected a text"
    ),
    (
      "{\"__metadata__\":3}", 0,
      "cannot be read as safetensors: __metadata__ is 3, expected texts by name"
    ),
  ]

  @Test(arguments: hostile)
  func `a hostile file is refused with a sentence`(
    header: String, dataCount: Int, sentence: String
  ) throws {
    try Fixture.write(header: header, data: .init(repeating: 0, count: dataCount), to: path)
    #expect(
      Fixture.message(in: folder.path) { _ = try SafetensorsFile(path) }
        == "a.safetensors: \(sentence)")
  }

  @Test(arguments: [
    ([], "cannot be read as safetensors: it has 0 bytes, fewer than the header's length takes"),
    (
      [1, 2], "cannot be read as safetensors: it has 2 bytes, fewer than the header's length takes"
    ),
    (
      [9, 0, 0, 0, 0, 0, 0, 0, 123, 125],
      "cannot be read as safetensors: the header's length is 9, and 2 bytes follow; "
        + "the file is cut short or is something else"
    ),
    (
      .init(repeating: 255, count: 16),
      "cannot be read as safetensors: the header's length is 18446744073709551615, and 8 bytes "
        + "follow; the file is cut short or is something else"
    ),
  ])
  func `a file with a false length is refused`(bytes: [UInt8], sentence: String) throws {
    try Fixture.write(bytes, to: path)
    #expect(
      Fixture.message(in: folder.path) { _ = try SafetensorsFile(path) }
        == "a.safetensors: \(sentence)")
  }

  @Test func `every truncation of a good file is refused`() throws {
    try SafetensorsWriter.write([("a", [2, 3]), ("b", [1])], to: path) {
      $0 == "a" ? [1, 2, 3, 4, 5, 6] : [7]
    }
    let whole = try #require(FileManager.default.contents(atPath: path.string))
    for count in 0..<whole.count {
      try Fixture.write(whole.prefix(count), to: path)
      #expect(throws: NetworkError.self) { _ = try SafetensorsFile(path) }
    }
  }

  @Test func `no flipped bit of the header crashes the reader`() throws {
    try SafetensorsWriter.write([("a", [2, 3]), ("b", [1])], to: path) {
      $0 == "a" ? [1, 2, 3, 4, 5, 6] : [7]
    }
    let whole = [UInt8](try #require(FileManager.default.contents(atPath: path.string)))
    let parameters = Fixture.parameters(["a": [2, 3], "b": [1]])
    let file = try FileDescriptor.open(path, .readWrite)
    for bit in 0..<8 * (whole.count - 28) {
      let damaged = whole[bit / 8] ^ 1 << UInt8(bit % 8)
      try file.writeAll(toAbsoluteOffset: Int64(bit / 8), [damaged])
      // Flips within a text of the metadata or of blanks may leave a good file.
      try? SafetensorsFile(path).read(parameters) { #expect($0.count == $1.count) }
      try file.writeAll(toAbsoluteOffset: Int64(bit / 8), [whole[bit / 8]])
    }
    try file.close()
    try SafetensorsFile(path).read(parameters) { #expect($0.count == $1.count) }
  }

  @Test func `what is not a regular file is refused at once`() throws {
    #expect(
      Fixture.message(in: folder.path) { _ = try SafetensorsFile(path) }
        == "a.safetensors: could not be opened: No such file or directory")
    #expect(mkfifo(path.string, 0o600) == 0)
    #expect(
      Fixture.message(in: folder.path) { _ = try SafetensorsFile(path) }
        == "a.safetensors: could not be opened: it is not a regular file")
  }

  @Test(
    arguments: [
      ("F64", [0, 0, 0, 0, 0, 0, 0xF0, 0xBF], -1),
      ("F32", [0, 0, 0xC0, 0x3F], 1.5),
      ("F16", [0x00, 0xC5], -5),
      ("F16", [0x01, 0x00], 5.9604645e-08),
      ("BF16", [0x49, 0x40], 3.140625),
    ] as [(String, [UInt8], Float)])
  func `every element type becomes single precision`(
    type: String, bytes: [UInt8], value: Float
  ) throws {
    let entry = Self.tensor(type, "[1]", "[0,\(bytes.count)]")
    try Fixture.write(header: "{\"a\":\(entry)}", data: bytes, to: path)
    let file = try SafetensorsFile(path)
    #expect(try file.values(of: file.header.tensors[0]) == [value])
  }

  @Test func `the data begin at a multiple of eight and follow the entries' order`() throws {
    try SafetensorsWriter.write([("b\"", [1, 2]), ("a", []), ("none", [0])], to: path) {
      ["b\"": [1, 2], "a": [3]][$0] ?? []
    }
    let bytes = [UInt8](try #require(FileManager.default.contents(atPath: path.string)))
    #expect((bytes.count - 12) % 8 == 0)
    let file = try SafetensorsFile(path)
    #expect(file.header.metadata == ["format": "pt"])
    #expect(file.header.tensors.map(\.name) == ["b\"", "a", "none"])
    #expect(try file.header.tensors.map { try file.values(of: $0) } == [[1, 2], [3], []])
  }

  @Test func `differences from a network are listed before anything is read`() throws {
    let entries = [("a", [2]), ("c", [1]), ("d", [1]), ("e", [1]), ("f", [1]), ("g", [1])]
    try SafetensorsWriter.write(entries, to: path) { $0 == "a" ? [1, 2] : [0] }
    let parameters = Fixture.parameters(["a": [3, 1], "b": [1]])
    let message = Fixture.message(in: folder.path) {
      try SafetensorsFile(path).read(parameters) { _, _ in Issue.record("something is read") }
    }
    #expect(
      message == "a.safetensors: does not hold this network's parameters: a has shape 2, expected "
        + "3 x 1; missing b; not in the network c, d, e and 2 more")
  }

  @Test(arguments: [
    ("mid_block.attentions.0.query.weight", "mid_block.attentions.0.to_q.weight"),
    ("down_blocks.1.attentions.1.key.bias", "down_blocks.1.attentions.1.to_k.bias"),
    ("up_blocks.2.attentions.0.value.weight", "up_blocks.2.attentions.0.to_v.weight"),
    ("mid_block.attentions.0.proj_attn.bias", "mid_block.attentions.0.to_out.0.bias"),
  ])
  func `names of old versions are understood`(old: String, current: String) throws {
    try SafetensorsWriter.write([(old, [2, 2, 1, 1])], to: path) { _ in [1, 2, 3, 4] }
    var found: [Float] = []
    try SafetensorsFile(path).read(Fixture.parameters([current: [2, 2]])) {
      found = $1
    }
    #expect(found == [1, 2, 3, 4])
  }

  @Test func `an old and a new name of one parameter are too many`() throws {
    let names = ["mid_block.attentions.0.query.bias", "mid_block.attentions.0.to_q.bias"]
    try SafetensorsWriter.write(names.map { ($0, [1]) }, to: path) { _ in [0] }
    let message = Fixture.message(in: folder.path) {
      try SafetensorsFile(path).read(Fixture.parameters([names[1]: [1]])) {
        _, _ in
      }
    }
    #expect(
      message == "a.safetensors: tensor mid_block.attentions.0.to_q.bias: is the same parameter as "
        + "mid_block.attentions.0.query.bias")
  }
}
