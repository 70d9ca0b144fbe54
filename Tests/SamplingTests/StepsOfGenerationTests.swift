import Checkpoints
import Diffusion
import Files
import Foundation
import HDF5
import Images
import PNGCodec
import Sampling
import SystemPackage
import TestModels
import TestSupport
import Testing

/// Where images start from, and what is kept of their way.
@Suite struct StepsOfGenerationTests {
  private let folder: TemporaryFolder
  private let generator: Generator

  init() throws {
    folder = try TemporaryFolder()
    var settings = GenerationSettings()
    (settings.seed, settings.steps, settings.sampler) = (5, 4, .ddim)
    generator = try Generator(TinyModel.make(), settings)
  }

  @discardableResult
  private func generate(
    _ name: String, count: Int, change: (inout GenerationJob) -> Void
  ) throws -> GenerationJob.Outcome {
    var job = GenerationJob(output: folder / name, count: count)
    job.batch = 3
    change(&job)
    return try job.run(generator)
  }

  private func writeNoise(_ name: String, _ values: [Float], shape: [Int]) throws {
    let file = try File.create(folder / name)
    try file.root.write("x_T", values, shape: shape)
    try file.publish()
  }

  private func pixels(_ name: String) throws -> [UInt8] {
    try PNGReader.read(folder / name).pixels
  }

  @Test func `images start from a file's noise by their index`() throws {
    let noise = generator.initialNoise([0, 1, 2, 3])
    try writeNoise("same.h5", noise, shape: [4, 3, 8, 8])
    try writeNoise("turned.h5", Array(noise[192...]) + noise[..<192], shape: [4, 3, 8, 8])
    try generate("own", count: 4) { _ in }
    try generate("same", count: 4) { $0.initialNoise = folder / "same.h5" }
    try generate("turned", count: 3) { $0.initialNoise = folder / "turned.h5" }
    for index in 0..<4 {
      #expect(try pixels("same/00000\(index).png") == pixels("own/00000\(index).png"))
    }
    for index in 0..<3 {
      #expect(try pixels("turned/00000\(index).png") == pixels("own/00000\(index + 1).png"))
    }
  }

  @Test func `images from other noise are not taken for those that are missing`() throws {
    try writeNoise("x.h5", generator.initialNoise([0, 1]), shape: [2, 3, 8, 8])
    try generate("out", count: 1) { $0.initialNoise = folder / "x.h5" }
    #expect(
      try generate("out", count: 2) { $0.initialNoise = folder / "x.h5" }.skipped == 1)
    try writeNoise("x.h5", generator.initialNoise([2, 1]), shape: [2, 3, 8, 8])
    let text = refusal(in: folder.path) {
      try generate("out", count: 2) { $0.initialNoise = folder / "x.h5" }
    }
    #expect(text.hasPrefix("out/000000.png: was made with other settings (`initial-noise` "))
  }

  @Test func `pictures of images from other noise are not taken for these images'`() throws {
    try writeNoise("x.h5", generator.initialNoise([0, 1]), shape: [2, 3, 8, 8])
    try writeNoise("copy.h5", generator.initialNoise([0, 1]), shape: [2, 3, 8, 8])
    try writeNoise("y.h5", generator.initialNoise([2, 3]), shape: [2, 3, 8, 8])
    let files: [(String, WritableKeyPath<GenerationJob, FilePath?>)] = [
      ("grid.png", \.grid), ("film.apng", \.animation), ("way.h5", \.trajectory),
    ]
    func job(_ noise: String, _ output: String, _ file: Int) -> GenerationJob {
      var job = GenerationJob(output: folder / output, count: 2)
      job.initialNoise = folder / noise
      job[keyPath: files[file].1] = folder / files[file].0
      return job
    }
    for file in files.indices {
      _ = try job("x.h5", "x", file).run(generator)
      // The same noise by another name is the same.
      _ = try job("copy.h5", "x", file).run(generator)
      for isDry in [true, false] {
        let text = refusal(in: folder.path) {
          let job = job("y.h5", "y", file)
          if isDry { _ = try job.plan(generator) } else { _ = try job.run(generator) }
        }
        #expect(text.hasPrefix("\(files[file].0): "), "\(text)")
        #expect(text.contains("other settings"), "\(text)")
      }
    }
  }

  @Test func `noise that does not fit is refused before any work`() throws {
    let noise = generator.initialNoise([0, 1])
    try writeNoise("shape.h5", noise, shape: [2, 8, 8, 3])
    try writeNoise("axes.h5", noise, shape: [2, 192])
    try writeNoise("few.h5", noise, shape: [2, 3, 8, 8])
    try writeNoise("nan.h5", [Float.nan] + noise + Array(noise.dropFirst()), shape: [4, 3, 8, 8])
    try AtomicFile.write("mine".utf8, to: folder / "text.h5")
    let other = try File.create(folder / "other.h5")
    try other.root.write("x_0", noise)
    try other.publish()
    for (name, text) in [
      ("shape.h5", "/x_T has shape 2 x 8 x 8 x 3, expected images x 3 x 8 x 8"),
      ("axes.h5", "/x_T has shape 2 x 192, expected images x 3 x 8 x 8"),
      ("few.h5", "/x_T has 2 images, but 3 are needed"),
      ("nan.h5", "/x_T has values that are not finite in image 0"),
      ("text.h5", "is not an HDF5 file"),
      ("other.h5", "has no dataset x_T"),
      ("none.h5", "could not be opened: No such file or directory"),
    ] {
      let found = refusal(in: folder.path) {
        try generate("out", count: 3) { $0.initialNoise = folder / name }
      }
      #expect(found == "\(name): \(text)")
    }
    let written = try folder.names().contains("out") ? contents("out") : []
    #expect(written.isEmpty)
  }

  private func contents(_ name: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: (folder / name).string)
  }

  @Test func `a trajectory leads from the noise to the images`() throws {
    let path = folder / "kept/t.h5"
    try generate("out", count: 5) { $0.trajectory = path }
    let file = try StepTensorsFile(opening: path)
    #expect(file.indices == [0, 1, 2, 3, 4])
    #expect(file.layout.timesteps == [19, 14, 9, 4, -1])
    #expect(file.layout.alphaBar.last == 1)
    let steps = try file.xt(image: 3)
    #expect(Array(steps[..<192]) == generator.initialNoise([3]))
    let image = Pixels.image(
      steps[(4 * 192)...], width: 8, height: 8, format: .rgb)
    #expect(try image.pixels == pixels("out/000003.png"))
    let prediction = try #require(try file.second(image: 3, step: 3))
    let last = try file.xt(image: 3, step: 4)
    // DDIM's last step ends on what it predicts.
    #expect(zip(prediction, last).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  @Test func `a trajectory that is there is not made again, nor replaced by another`() throws {
    let path = folder / "t.h5"
    func bytes() throws -> Data { try Data(contentsOf: URL(filePath: path.string)) }
    try generate("out", count: 4) { $0.trajectory = path }
    let before = try bytes()
    let again = try generate("out", count: 4) { $0.trajectory = path }
    #expect(again.written == 0 && again.skipped == 4)
    #expect(try bytes() == before)
    try generate("out", count: 5) { $0.trajectory = path }
    #expect(try StepTensorsFile(opening: path).indices == [0, 1, 2, 3, 4])

    var settings = generator.settings
    settings.steps = 5
    var job = GenerationJob(output: folder / "other", count: 4)
    job.trajectory = path
    let other = try Generator(generator.model, settings)
    let text = refusal(in: folder.path) { _ = try job.run(other) }
    #expect(
      text == "t.h5: already exists with other settings; "
        + "give another name, or `overwrite` to replace it")
    try AtomicFile.write("mine".utf8, to: path)
    #expect(refusal(in: folder.path) { _ = try job.run(generator) } == text)
    #expect(try String(contentsOfFile: path.string, encoding: .utf8) == "mine")
  }
}
