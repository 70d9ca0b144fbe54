import Checkpoints
import Compiler
import Conversion
import Files
import Foundation
import Graph
import HDF5
import SystemPackage
import TestModels
import TestSupport
import Testing

/// Model files: small checkpoints for use.
@Suite struct ModelExportTests {
  private let folder: TemporaryFolder
  private let path: FilePath

  init() throws {
    folder = try TemporaryFolder()
    path = folder / "models/tiny.h5"
  }

  private func size(_ path: FilePath) throws -> Int {
    try Data(contentsOf: URL(filePath: path.string)).count
  }

  @Test func `halves come back as the nearest to each weight`() throws {
    let model = try TinyModel.make(step: 30)
    try model.exportModel(to: path)
    let file = try CheckpointFile(opening: path)
    #expect(try file.parts() == [.average])
    #expect(try file.elements(.average).name == "float16")
    #expect(try CheckpointConfiguration(file).model == model.configuration)

    let read = try DiffusionModel(path)
    #expect(read.step == 30 && read.configuration == model.configuration && read.card == nil)
    for declaration in model.parameters.declarations {
      let (old, new) = (model.parameters[declaration.name], read.parameters[declaration.name])
      #expect(zip(old, new).allSatisfy { Float(Float16($0)) == $1 }, "\(declaration.name)")
    }
    #expect(try FileVerification(path).unprotected == [])
    // A second time nothing is lost.
    try read.exportModel(to: folder / "again.h5")
    #expect(try DiffusionModel(folder / "again.h5").fingerprint == read.fingerprint)
  }

  @Test func `floats keep every bit, and halves are shorter`() throws {
    let model = try TinyModel.make()
    try model.exportModel(to: path, as: .float32)
    #expect(try DiffusionModel(path).parameters.bits == model.parameters.bits)
    let all = try size(path)
    try model.exportModel(to: path, overwriting: true)
    #expect(try size(path) < all * 6 / 10)
  }

  @Test func `the same model makes the same bytes`() throws {
    try TinyModel.make().exportModel(to: path, as: .float32)
    let model = try DiffusionModel(path)
    try model.exportModel(to: folder / "a.h5")
    try model.exportModel(to: folder / "b.h5")
    #expect(
      try Data(contentsOf: URL(filePath: (folder / "a.h5").string))
        == Data(contentsOf: URL(filePath: (folder / "b.h5").string)))
  }

  @Test(arguments: [70000, -65520, .infinity, -.nan] as [Float])
  func `a weight that halves do not reach is named`(value: Float) throws {
    let model = try TinyModel.make()
    model.parameters.write(0) { $0[1] = value }
    let name = model.parameters.declarations[0].name
    #expect(
      refusal(in: folder.path) { try model.exportModel(to: path) }
        == "models/tiny.h5: not written: \(name) has the value \(value), which is out of float16's "
        + "range; use `dtype` float32")
    #expect(!FileManager.default.fileExists(atPath: path.string))
    model.parameters.write(0) { $0[1] = 65519 }
    try model.exportModel(to: path)
    #expect(try DiffusionModel(path).parameters[name][1] == 65504)
  }

  @Test func `a card goes with the model`() throws {
    let text = "# Tiny: a test\n\nFor tests\nalone.\n\n## Data\nnone\n\n## Figures\n\n1 dB\n2 dB\n"
    try AtomicFile.write(text.utf8, to: folder / "card.md")
    let card = try ModelCard(reading: folder / "card.md")
    #expect(card.title == "Tiny: a test" && card.purpose == "For tests alone.")
    #expect(card.figures == "1 dB 2 dB")
    try TinyModel.make().exportModel(to: path, card: card)
    let model = try DiffusionModel(path)
    #expect(model.card == card)
    try model.exportModel(to: folder / "again.h5")
    #expect(try DiffusionModel(folder / "again.h5").card == card)
    let bare = ModelCard(text: "## Only a title\n## Figures\n## More")
    #expect(bare.title == "Only a title" && bare.purpose == nil && bare.figures == nil)
  }

  @Test(arguments: [
    ("", "it is empty"), (" \n\n", "it is empty"), ("a\u{0}b", "it is not a text in UTF-8"),
    (
      String(repeating: "a", count: 60_001),
      "it has 60001 bytes, and a model file has room for 60000"
    ),
  ])
  func `what is no card is refused`(text: String, cause: String) throws {
    try AtomicFile.write(text.utf8, to: folder / "card.md")
    #expect(
      refusal(in: folder.path) { _ = try ModelCard(reading: folder / "card.md") }
        == "card.md: could not be read as a model card: \(cause)")
  }

  @Test func `the longest card fits`() throws {
    let card = ModelCard(text: String(repeating: "ü", count: 30_000))
    try TinyModel.make().exportModel(to: path, card: card)
    #expect(try DiffusionModel(path).card == card)
  }

  @Test func `a changed byte is found, wherever it counts`() throws {
    let card = ModelCard(text: "# A card")
    try TinyModel.make().exportModel(to: path, card: card)
    let good = try DiffusionModel(path)
    let bytes = try Data(contentsOf: URL(filePath: path.string))
    let bad = folder / "bad.h5"
    for place in stride(from: 5, to: bytes.count, by: bytes.count / 150) {
      var changed = bytes
      changed[place] ^= 4
      try changed.write(to: URL(filePath: bad.string))
      guard let model = try? DiffusionModel(bad) else { continue }
      #expect(model.fingerprint == good.fingerprint && model.card == card, "byte \(place)")
    }
    for length in stride(from: 0, to: bytes.count, by: bytes.count / 20) {
      try bytes.prefix(length).write(to: URL(filePath: bad.string))
      #expect(throws: FileFormatError.self) { _ = try DiffusionModel(bad) }
    }
  }

  @Test func `nothing is written over unasked`() throws {
    let model = try TinyModel.make()
    try model.exportModel(to: path)
    #expect(throws: ConversionError.exists(path)) { try model.exportModel(to: path) }
    try model.exportModel(to: path, overwriting: true)
  }

  @Test func `the weights asked for are the ones, and latest ones are not made up`() throws {
    let (model, average) = (try TinyModel.make(seed: 1), try TinyModel.make(seed: 2))
    try model.exportModel(to: folder / "a.h5")
    let header = try CheckpointFile(opening: folder / "a.h5").header
    try CheckpointFile.write(
      to: folder / "both.h5", header,
      parts: [
        (.model, model.parameters.namedTensors), (.average, average.parameters.namedTensors),
      ], history: TrainingHistory())
    for (weights, part, expected) in [
      (CheckpointWeights.ema, CheckpointFile.Part.average, average), (.model, .model, model),
    ] {
      try DiffusionModel(folder / "both.h5", weights: weights)
        .exportModel(to: path, as: .float32, overwriting: true)
      #expect(try CheckpointFile(opening: path).parts() == [part])
      #expect(try DiffusionModel(path).parameters.bits == expected.parameters.bits)
    }
    #expect(
      refusal(in: folder.path) { _ = try DiffusionModel(folder / "a.h5", weights: .model) }
        == "a.h5: has no latest weights, only averaged ones; use `weights` ema")
  }
}
