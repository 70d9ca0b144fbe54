import Foundation
import HDF5
import SystemPackage
import TestSupport
import Testing

@Suite struct DamageTests {
  private let folder: TemporaryFolder
  private let path: FilePath
  private let whole: [UInt8]

  init() throws {
    folder = try TemporaryFolder()
    path = folder / "a.h5"
    let file = try File.create(path)
    let root = try file.root
    try root.setAttribute("format", "test")
    try root.setAttribute("config", String(repeating: "{\"a\": 1}", count: 100))
    for number in 0..<12 { try root.setAttribute("number \(number)", number) }
    let group = try root.createGroup("model")
    for number in 0..<12 {
      let values = (0..<50).map { Float($0 + number) }
      try group.write("down_blocks.\(number).conv.weight", values, shape: [5, 10])
    }
    let pieces = try root.createDataset("x_t", .float32, shape: [3, 10], chunk: [1, 10])
    for index in 0..<3 {
      try pieces.write([Float](repeating: Float(index), count: 10), at: [index])
    }
    try root.write("source", ["a.png", "b.png"])
    try file.publish()
    whole = [UInt8](try Data(contentsOf: URL(filePath: path.string)))
  }

  /// Everything in the file, as text that differs where anything does.
  private func content() throws(HDF5Error) -> String {
    let root = try File.open(path).root
    var text = ""
    for name in try root.attributeNames() {
      let attribute = try root.attribute(name)
      text += name
      text += attribute.type == .int64 ? "\(try attribute.integer())" : try attribute.text()
    }
    for (name, dataset) in try root.allDatasets() {
      try dataset.verify()
      text += name
      text += "\(dataset.shape)"
      if case .text = dataset.type {
        text += "\(try dataset.texts())"
      } else {
        text += "\(try dataset.read(Float.self))"
      }
    }
    return text
  }

  private func overwrite(_ bytes: some Collection<UInt8>) throws {
    try Data(bytes).write(to: URL(filePath: path.string))
  }

  @Test func `a file cut short is refused at every length`() throws {
    for length in stride(from: 0, to: whole.count, by: 97) {
      try overwrite(whole[..<length])
      let error = #expect(throws: HDF5Error.self) { try content() }
      if length > 100 { #expect(error == .truncated(path: path.string)) }
    }
  }

  @Test func `a flipped bit is noticed or harmless`() throws {
    let before = try content()
    var noticed = 0
    var generator = SplitMix(state: 1)
    for _ in 0..<600 {
      var bytes = whole
      bytes[Int(generator.next() % UInt64(bytes.count))] ^= 1 << UInt8(generator.next() % 8)
      try overwrite(bytes)
      do {
        #expect(try content() == before)
      } catch {
        noticed += 1
      }
    }
    // The rest hit bytes that nothing uses.
    #expect(noticed > 300)
  }

  /// The library, at least 1.10.8, dies of damage in the heap that it would keep so many links in.
  @Test func `a flipped bit in a group of hundreds is an error too`() throws {
    let file = try File.create(path)
    let group = try file.root.createGroup("model")
    for number in 0..<300 { try group.write("down_blocks.\(number).conv.weight", [1, 2, 3]) }
    try file.publish()
    let large = [UInt8](try Data(contentsOf: URL(filePath: path.string)))
    #expect(try File.open(path).root.allDatasets().count == 300)
    var generator = SplitMix(state: 2)
    for _ in 0..<200 {
      var bytes = large
      bytes[Int(generator.next() % UInt64(bytes.count))] ^= 1 << UInt8(generator.next() % 8)
      try overwrite(bytes)
      _ = try? content()
    }
  }

  @Test func `a damaged dataset is named`() throws {
    let values = (0..<50).map { Float($0 + 7) }
    let pattern = values.withUnsafeBytes { [UInt8]($0) }
    let start = try #require(whole.firstRange(of: pattern)).lowerBound
    var bytes = whole
    bytes[start + 100] ^= 4
    try overwrite(bytes)
    let dataset = try File.open(path).root.dataset("model/down_blocks.7.conv.weight")
    let expected = HDF5Error.damaged(
      path: path.string, failure: "dataset model/down_blocks.7.conv.weight could not be read")
    #expect(throws: expected) { try dataset.verify() }
    #expect(throws: expected) { try dataset.read(Float.self) }
    #expect(
      "\(expected)" == "\(path): dataset model/down_blocks.7.conv.weight could not be read: "
        + "a checksum does not match; the file is damaged")
  }

  @Test func `a file of which a call has failed is never published`() throws {
    let file = try File.create(path)
    try file.root.write("x", [1])
    #expect(throws: HDF5Error.self) { try file.root.write("x", [2]) }
    let error = #expect(throws: HDF5Error.self) { try file.publish() }
    #expect(
      error
        == .condemned(
          path: path.string, cause: "dataset x could not be created: name already exists"))
    #expect(try [UInt8](Data(contentsOf: URL(filePath: path.string))) == whole)
  }

  @Test func `a full disk is named and leaves no file`() async {
    await #expect(processExitsWith: .success) {
      // A limit on the size of files does to this process what a full disk does.
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 100_000, rlim_max: 100_000)
      guard setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else { exit(2) }
      let folder = try TemporaryFolder()
      let path = folder / "a.h5"

      let file = try File.create(path)
      let failed = #expect(throws: HDF5Error.self) {
        try file.root.write("x", [Float](repeating: 1, count: 1_000_000))
      }
      guard failed.map({ "\($0)" }) == "\(path): dataset x could not be written: File too large"
      else { exit(3) }
      let condemned = #expect(throws: HDF5Error.self) { try file.publish() }
      guard
        condemned.map({ "\($0)" })
          == "\(path): was discarded, because it could not be written completely: "
          + "dataset x could not be written: File too large"
      else { exit(4) }

      // What still lies in the library's cache fails at the end.
      let small = try File.create(path)
      let cached = try small.root.createDataset("x", .float32, shape: [2, 50_000])
      try cached.write([Float](repeating: 1, count: 50_000), at: [0])
      let late = #expect(throws: HDF5Error.self) { try small.publish() }
      guard late.map({ "\($0)" }) == "\(path): could not be written: File too large" else {
        exit(5)
      }
      guard try folder.names().filter({ $0 == "a.h5" }).isEmpty else { exit(6) }
    }
  }
}

/// A small generator of test positions (Steele et al. 2014).
struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
