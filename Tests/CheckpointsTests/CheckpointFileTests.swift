import Checkpoints
import Files
import Foundation
import HDF5
import SystemPackage
import TestSupport
import Testing

/// Memory for a few tensors.
final class TestTensors {
  let tensors: [NamedTensor]
  /// Their values.
  let values: [UnsafeMutableBufferPointer<Float>]

  /// Fills the tensors of `shapes` with numbers that begin at `first`, at `first` + 4096 and so on.
  init(_ shapes: [(String, [Int])], first: Float) {
    values = shapes.enumerated().map { number, tensor in
      let first = first + 4096 * Float(number)
      let values = UnsafeMutableBufferPointer<Float>.allocate(capacity: tensor.1.reduce(1, *))
      for index in values.indices { values.initializeElement(at: index, to: first + Float(index)) }
      return values
    }
    tensors = zip(shapes, values).map { NamedTensor(name: $0.0, shape: $0.1, values: $1) }
  }

  deinit { for values in values { values.deallocate() } }

  var bits: [[UInt32]] { values.map { $0.map(\.bitPattern) } }
}

@Suite struct CheckpointFileTests {
  private static let shapes = [
    ("conv_in.weight", [64, 3, 3, 3]), ("conv_in.bias", [64]), ("a.linear.weight", [8, 16]),
  ]
  private static let header = CheckpointHeader(
    creator: "stipple 1.2.3", created: "2026-05-01T12:00:00Z", config: #"{"network": "größe"}"#,
    step: 12000, imagesSeen: 192_000, threads: 2, cpu: "Some CPU", oneDNNVersion: "2.6.3")
  private static let history = TrainingHistory(
    steps: [100, 200], columns: ["loss": [0.5, 0.25], "validation_loss": [0.75, .infinity]])

  private let folder: TemporaryFolder
  private let path: FilePath

  init() throws {
    folder = try TemporaryFolder()
    path = folder / "a.h5"
  }

  private func write(
    _ shapes: [(String, [Int])] = shapes, parts: [CheckpointFile.Part] = [.model, .average]
  ) throws {
    let values = parts.indices.map { TestTensors(shapes, first: Float($0) / 3) }
    try withExtendedLifetime(values) {
      try CheckpointFile.write(
        to: path, Self.header, parts: zip(parts, values).map { ($0, $1.tensors) },
        history: Self.history)
    }
  }

  /// Changes one attribute's or dataset's bytes in the file.
  private func replace(_ old: some Collection<UInt8>, _ new: some Collection<UInt8>) throws {
    let url = URL(filePath: path.string)
    var bytes = [UInt8](try Data(contentsOf: url))
    let range = try #require(bytes.firstRange(of: Array(old)))
    bytes.replaceSubrange(range, with: Array(new))
    try Data(bytes).write(to: url)
  }

  private func refusal(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "nothing"
    } catch {
      return "\(error)".replacing("\(folder.path)/", with: "")
    }
  }

  @Test func `every bit comes back`() throws {
    let written = TestTensors(Self.shapes, first: .pi)
    written.values[1][3] = .nan
    written.values[1][4] = -0.0
    written.values[1][5] = .leastNonzeroMagnitude
    try CheckpointFile.write(
      to: path, Self.header, parts: CheckpointFile.Part.allCases.map { ($0, written.tensors) },
      history: Self.history)

    let checkpoint = try CheckpointFile(opening: path)
    #expect(checkpoint.header == Self.header)
    #expect(try checkpoint.history() == Self.history)
    #expect(try checkpoint.parts() == CheckpointFile.Part.allCases)
    for part in CheckpointFile.Part.allCases {
      let read = TestTensors(Self.shapes, first: 0)
      try checkpoint.read(part, into: read.tensors)
      #expect(read.bits == written.bits)
      #expect(
        Fingerprint.text(of: read.tensors, step: 3)
          == Fingerprint.text(of: written.tensors, step: 3)
      )
    }
    #expect(
      try checkpoint.parameters(.model).map(\.name) == [
        "a.linear.weight", "conv_in.bias", "conv_in.weight",
      ])
  }

  @Test func `the fingerprint tells weights, names and steps apart`() {
    let first = TestTensors(Self.shapes, first: 1)
    let text = Fingerprint.text(of: first.tensors, step: 1)
    #expect(text.count == 16)
    #expect(Fingerprint.text(of: first.tensors.reversed(), step: 1) == text)
    #expect(Fingerprint.text(of: first.tensors, step: 2) != text)
    let others = TestTensors(Self.shapes, first: 2)
    withExtendedLifetime(others) {
      #expect(Fingerprint.text(of: others.tensors, step: 1) != text)
    }
    let renamed = TestTensors([("conv_out.weight", [64, 3, 3, 3])] + Self.shapes[1...], first: 1)
    withExtendedLifetime(renamed) {
      #expect(Fingerprint.text(of: renamed.tensors, step: 1) != text)
    }
    let zeros = TestTensors([("a", [2])], first: 0)
    let before = Fingerprint.text(of: zeros.tensors, step: 0)
    zeros.values[0][0] = -0.0
    zeros.values[0][1] = -1
    #expect(Fingerprint.text(of: zeros.tensors, step: 0) != before)
  }

  @Test func `another preset's parameters are named`() throws {
    try write()
    let checkpoint = try CheckpointFile(opening: path)
    let wider = TestTensors([("conv_in.weight", [128, 3, 3, 3])] + Self.shapes[1...], first: 7)
    #expect(
      refusal { try checkpoint.read(.model, into: wider.tensors) }
        == "a.h5: parameter conv_in.weight has shape 64 x 3 x 3 x 3, expected 128 x 3 x 3 x 3; "
        + "was it trained with another `preset`?")
    // Nothing has been read then.
    #expect(wider.values[1][0] == 4103)
    let more = TestTensors(Self.shapes + [("b", [1]), ("c", [1])], first: 0)
    #expect(
      refusal { try checkpoint.read(.average, into: more.tensors) }
        == "a.h5: lacks parameter b and 1 more; was it trained with another `preset`?")
    let fewer = TestTensors([Self.shapes[0], Self.shapes[2]], first: 0)
    #expect(
      refusal { try checkpoint.read(.model, into: fewer.tensors) }
        == "a.h5: has parameter conv_in.bias, unknown to the network; "
        + "was it trained with another `preset`?")
    #expect(
      refusal { try checkpoint.read(.firstMoment, into: fewer.tensors) }
        == "a.h5: has no /optimizer/first_moment")
  }

  @Test func `other files are refused by what they are`() throws {
    #expect(
      refusal { _ = try CheckpointFile(opening: path) }
        == "a.h5: could not be opened: No such file or directory")
    try AtomicFile.write("not HDF5".utf8, to: path)
    #expect(refusal { _ = try CheckpointFile(opening: path) } == "a.h5: is not an HDF5 file")

    let foreign = try File.create(path)
    try foreign.root.write("model", [1])
    try foreign.publish()
    #expect(
      refusal { _ = try CheckpointFile(opening: path) }
        == "a.h5: is an HDF5 file, but not one of Stipple's")

    let unlike = try File.create(path)
    try unlike.root.setAttribute("format", "keras")
    try unlike.root.setAttribute("format_version", 1)
    try unlike.publish()
    #expect(
      refusal { _ = try CheckpointFile(opening: path) }
        == "a.h5: is an HDF5 file, but not one of Stipple's")

    let noised = try File.create(path)
    try noised.root.setAttribute("format", "stipple-noised")
    try noised.root.setAttribute("format_version", 1)
    try noised.publish()
    #expect(
      refusal { _ = try CheckpointFile(opening: path) }
        == "a.h5: is a file of noisy samples, expected a checkpoint")

    for (format, version) in [("stipple-checkpoint", 3), ("stipple-video", 3)] {
      let newer = try File.create(path)
      try newer.root.setAttribute("format", format)
      try newer.root.setAttribute("format_version", version)
      try newer.publish()
      #expect(
        refusal { _ = try CheckpointFile(opening: path) }
          == "a.h5: has format version 3, but this program knows versions up to 1; "
          + "use a newer Stipple")
    }
  }

  @Test func `a checkpoint without all its attributes is refused`() throws {
    let file = try File.create(path)
    try file.root.setAttribute("format", "stipple-checkpoint")
    try file.root.setAttribute("format_version", 1)
    try file.publish()
    #expect(
      refusal { _ = try CheckpointFile(opening: path) } == "a.h5: has no attribute creator")
  }

  @Test func `a checkpoint cut short is refused`() throws {
    try write()
    let whole = [UInt8](try Data(contentsOf: URL(filePath: path.string)))
    for length in [whole.count / 10, whole.count / 2, whole.count - 1] {
      try AtomicFile.write(whole[..<length], to: path)
      #expect(
        refusal { _ = try CheckpointFile(opening: path) }
          == "a.h5: is truncated; copy or create it again")
    }
  }

  @Test func `a damaged tensor is named by reading and by verifying`() throws {
    try write()
    #expect(
      try FileVerification(path) == FileVerification(path))
    #expect(try FileVerification(path).datasets == 9)
    #expect(try FileVerification(path).unprotected == [])
    let bias = (0..<64).map { Float(1) / 3 + 4096 + Float($0) }.withUnsafeBytes { [UInt8]($0) }
    try replace(bias, [1] + bias.dropFirst())
    let text =
      "a.h5: dataset ema/conv_in.bias could not be read: a checksum does not match; "
      + "the file is damaged"
    let checkpoint = try CheckpointFile(opening: path)
    let read = TestTensors(Self.shapes, first: 0)
    try checkpoint.read(.model, into: read.tensors)
    #expect(refusal { try checkpoint.read(.average, into: read.tensors) } == text)
    #expect(refusal { _ = try FileVerification(path) } == text)
  }

  @Test func `a damaged configuration is noticed`() throws {
    try write()
    try replace("größe".utf8, "grösse".utf8)
    #expect(refusal { _ = try CheckpointFile(opening: path) } != "nothing")
  }

  @Test func `a write that fails leaves the old checkpoint`() throws {
    try write()
    let twice = TestTensors([Self.shapes[1], Self.shapes[1]], first: 0)
    let text = refusal {
      try CheckpointFile.write(
        to: path, Self.header, parts: [(.model, twice.tensors)], history: TrainingHistory())
    }
    #expect(text == "a.h5: dataset model/conv_in.bias could not be created: name already exists")
    #expect(try CheckpointFile(opening: path).parts() == [.model, .average])
    #expect(try folder.names() == ["a.h5"])
  }
}
