import Analysis
import CPU
import Checkpoints
import Compiler
import Diffusion
import Files
import Foundation
import Graph
import HDF5
import PNGCodec
import Sampling
import SystemPackage
import TestModels
import TestSupport
import Testing

@Suite struct InspectionTests {
  private let folder: TemporaryFolder
  private let model: DiffusionModel

  init() throws {
    folder = try TemporaryFolder()
    model = try TinyModel.make()
  }

  /// Writes the model as `a.h5`, its average doubled.
  private func writeCheckpoint(_ name: String = "a.h5") throws {
    let header = CheckpointHeader(
      creator: "stipple 9", created: "2026-05-01T12:00:00Z",
      config: #"{"model":"#
        + String(decoding: try JSONEncoder().encode(model.configuration), as: UTF8.self)
        + #","training":{"preset":"tiny","batch":8}}"#,
      step: 12000, imagesSeen: 192_000, threads: 2, cpu: "Some CPU", oneDNNVersion: "2.6.3")
    let average = try ParameterStore(model.parameters.declarations, on: .cpu)
    average.copy(from: model.parameters)
    average.add(model.parameters, times: 1)
    try CheckpointFile.write(
      to: folder / name, header,
      parts: [
        (.model, model.parameters.namedTensors), (.average, average.namedTensors),
        (.firstMoment, average.namedTensors),
      ],
      history: TrainingHistory(
        steps: [1, 2, 3],
        columns: ["loss": [0.5, 0.25, .nan], "validation_loss": [.nan, 0.75, .nan]]))
  }

  private func json(_ inspection: Inspection) throws -> [String: Any] {
    try #require(
      try JSONSerialization.jsonObject(with: JSONEncoder().encode(inspection)) as? [String: Any])
  }

  private func text(_ inspection: Inspection) -> [String] {
    inspection.lines.map { $0.replacing("\(folder.path)/", with: "") }
  }

  @Test func `a checkpoint tells of itself and its parameters' norms`() throws {
    try writeCheckpoint()
    let inspection = try Inspection(folder / "a.h5", verifying: true)
    guard case .checkpoint(let checkpoint) = inspection.content else {
      Issue.record("is no checkpoint")
      return
    }
    #expect(checkpoint.parts.map(\.name) == ["model", "ema", "optimizer/first_moment"])
    #expect(checkpoint.parts[0].fingerprint != checkpoint.parts[1].fingerprint)
    #expect(checkpoint.parts[2].fingerprint == nil && checkpoint.parts[2].norm == nil)
    #expect(checkpoint.parts.allSatisfy { $0.elements == model.parameters.elementCount })
    #expect(checkpoint.recentLoss == 0.375 && checkpoint.validationLoss == 0.75)
    #expect(checkpoint.parameters.map(\.name) == model.parameters.declarations.map(\.name))
    for parameter in checkpoint.parameters {
      let values = model.parameters[parameter.name]
      let norm = values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
      #expect(parameter.shape.reduce(1, *) == values.count)
      #expect(abs(try #require(parameter.modelNorm) - norm) <= 1e-9 * norm)
      #expect(abs(try #require(parameter.emaNorm) - 2 * norm) <= 1e-9 * norm)
    }

    let lines = text(inspection)
    #expect(lines.allSatisfy { $0.count <= 100 })
    for line in [
      "file       a.h5", "kind       checkpoint",
      "written    2026-05-01T12:00:00Z by stipple 9",
      "step       12,000, 192,000 images seen",
      "network    U-Net 16-16, 1 layer per block, attention at level 2 and in the middle block",
      "           heads of 8, 4 norm groups", "images     8 x 8, RGB",
      "schedule   linear, 20 timesteps, beta 0.0001 to 0.02",
      "objective  predicts epsilon (noise)",
      "training   preset tiny, validation-split each, batch 8, learning-rate 0.0002,",
      "           lr-schedule constant, warmup 500, ema-decay 0.9999, dropout 0,",
      "           seed 0",
      "loss       0.375 in the last steps, validation 0.75",
      "machine    2 threads of Some CPU, oneDNN 2.6.3",
    ] {
      #expect(lines.contains(line), "\(line)")
    }
    #expect(lines.contains { $0.hasPrefix("verified   ") && $0.hasSuffix("checksums match") })
    #expect(lines.contains { $0.hasPrefix("down_blocks.1.attentions.0.to_q.weight ") })
  }

  @Test func `JSON has the same numbers`() throws {
    try writeCheckpoint()
    let object = try json(Inspection(folder / "a.h5"))
    let file = try #require(object["file"] as? [String: Any])
    let checkpoint = try #require(object["checkpoint"] as? [String: Any])
    #expect(file["kind"] as? String == "checkpoint")
    #expect(checkpoint["step"] as? Int == 12000)
    #expect(object["verification"] == nil)
    #expect((checkpoint["parameters"] as? [Any])?.count == model.parameters.declarations.count)
    #expect((checkpoint["training"] as? [String: Any])?["batch"] as? Int == 8)
  }

  @Test func `weights that are no numbers are shown as such`() throws {
    model.parameters["conv_out.bias"] = [0, .nan, 1]
    try writeCheckpoint()
    let inspection = try Inspection(folder / "a.h5")
    let line = try #require(text(inspection).first { $0.hasPrefix("conv_out.bias") })
    #expect(line.hasSuffix("not finite  not finite"))
    #expect((try json(inspection)["checkpoint"] as? [String: Any])?["step"] as? Int == 12000)
  }

  @Test func `of a run folder the newest checkpoint is taken`() throws {
    try Folders.make(folder / "run/checkpoints")
    for step in ["00000100", "00002000"] {
      try writeCheckpoint("run/checkpoints/step-\(step).h5")
    }
    #expect(
      try Inspection(folder / "run").path == folder / "run/checkpoints/step-00002000.h5")
    try Folders.make(folder / "none")
    #expect(
      refusal(in: folder.path) { _ = try Inspection(folder / "none") }
        == "none: there is no checkpoint in this folder")
  }

  @Test func `images tell how they were made`() throws {
    var settings = GenerationSettings()
    (settings.seed, settings.steps, settings.sampler) = (7, 2, .ddim)
    let generator = try Generator(model, settings)
    var job = GenerationJob(output: folder / "out", count: 2)
    job.trajectory = folder / "t.h5"
    _ = try job.run(generator)
    let inspection = try Inspection(folder / "out/000001.png", verifying: true)
    guard case .image(let image) = inspection.content else {
      Issue.record("is no image")
      return
    }
    #expect(image.work == "generate")
    #expect(
      image.facts.map { "\($0.name)=\($0.value)" } == [
        "index=1", "step=0", "weights=\(model.fingerprint)", "seed=7", "sampler=ddim", "steps=2",
        "spacing=trailing", "eta=0.0",
      ])
    #expect(text(inspection).contains("pixels    RGB, 8 bits"))
    #expect(text(inspection).contains("made by   stipple generate"))
    #expect(
      text(inspection).last == "verified  all checksums match, and all pixels can be read")

    let trajectory = try Inspection(folder / "t.h5", verifying: true)
    #expect(trajectory.kind == "trajectory")
    #expect(text(trajectory).contains("timesteps  19, 9, -1 (the clean image)"))
    #expect(text(trajectory).contains("indices    0, 1"))
    #expect((try json(trajectory)["samples"] as? [String: Any])?["images"] as? Int == 2)
  }

  @Test func `other programs' images are shown as such, whatever their name`() throws {
    let image = PixelImage(width: 2, height: 1, format: .rgba, filledWith: 9)
    try PNGWriter.write(image, to: folder / "a.png")
    try PNGWriter.write(image, to: folder / "a.dat")
    for name in ["a.png", "a.dat"] {
      let lines = text(try Inspection(folder / name))
      #expect(lines.contains("image    2 x 1"))
      #expect(lines.contains("pixels   RGBA, 8 bits"))
      #expect(lines.contains("made by  another program"))
    }
  }

  @Test func `noised images tell their axes and sources`() throws {
    try Folders.make(folder / "in")
    for index in 0..<5 {
      try PNGWriter.write(
        PixelImage(width: 4, height: 6, format: .gray, filledWith: UInt8(index)),
        to: folder / "in/\(index).png")
    }
    var job = NoisingJob(inputs: [folder / "in"], output: folder / "n.h5")
    (job.seed, job.element) = (3, .f16)
    _ = try job.run()
    let inspection = try Inspection(folder / "n.h5", verifying: true)
    #expect(inspection.kind == "noisy-samples")
    let lines = text(inspection)
    for line in [
      "images     5 of 4 x 6, grayscale", "timesteps  0, 1, 2, 3 … 998, 999 (1000)",
      "schedule   linear, 1000 timesteps, beta 0.0001 to 0.02", "seed       3",
    ] {
      #expect(lines.contains(line), "\(line)")
    }
    #expect(
      lines.contains { $0.hasPrefix("sources ") && $0.hasSuffix("2.png … and 2 more") })
    #expect(lines.contains { $0.hasPrefix("x_t        5 x 1000 x 1 x 6 x 4  f16 ") })
  }

  @Test func `what is not Stipple's, or broken, is refused`() throws {
    try AtomicFile.write("mine".utf8, to: folder / "text.h5")
    try AtomicFile.write([], to: folder / "empty.png")
    let foreign = try File.create(folder / "foreign.h5")
    try foreign.root.write("model", [1])
    try foreign.publish()
    try writeCheckpoint()
    let whole = [UInt8](try Data(contentsOf: URL(filePath: (folder / "a.h5").string)))
    try AtomicFile.write(whole[..<(whole.count / 2)], to: folder / "short.h5")
    for (name, text) in [
      ("none.h5", "could not be opened: No such file or directory"),
      ("text.h5", "is not an HDF5 file"), ("empty.png", "not a PNG: the file is empty"),
      ("foreign.h5", "is an HDF5 file, but not one of Stipple's"),
      ("short.h5", "is truncated; copy or create it again"),
    ] {
      #expect(refusal(in: folder.path) { _ = try Inspection(folder / name) } == "\(name): \(text)")
    }
  }

  @Test func `damage is found where everything is read`() throws {
    try writeCheckpoint()
    let url = URL(filePath: (folder / "a.h5").string)
    var bytes = [UInt8](try Data(contentsOf: url))
    // The moments are read by nobody else; their values are those of the average.
    let bias = model.parameters["conv_in.bias"].map { 2 * $0 }
    let pattern = bias.withUnsafeBytes { [UInt8]($0) }
    let place = try #require(bytes.ranges(of: pattern).last)
    bytes[place.lowerBound] ^= 1
    try Data(bytes).write(to: url)
    let found = [false, true].map { verifying in
      refusal(in: folder.path) { _ = try Inspection(folder / "a.h5", verifying: verifying) }
    }
    #expect(found.contains { $0.contains("conv_in.bias could not be read: a checksum does not") })
  }
}
