import Diffusion
import Editing
import Foundation
import Networks
import PNGCodec
import Sampling
import SystemPackage
import TestModels
import TestSupport
import Testing

@Suite struct EditingJobTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try TestImages.write("a.png", "b.png", "c.png", width: 8, height: 8, to: folder / "in")
    try TestImages.write("d.png", width: 8, height: 8, to: folder / "in/deeper")
  }

  private func generator(
    strength: Double = 1, resampling: Resampling? = nil, steps: Int = 10,
    seed: UInt64 = 5
  ) throws -> Generator {
    var settings = GenerationSettings()
    (settings.sampler, settings.seed, settings.steps) = (.ddpm, seed, steps)
    (settings.strength, settings.resampling) = (strength, resampling)
    return try Generator(TinyModel.make(), settings)
  }

  private var repaint: Generator {
    get throws { try generator(resampling: .init(jumpLength: 2, count: 2)) }
  }

  @discardableResult
  private func edit(
    _ input: String = "in", to output: String, _ generator: Generator, masks: String? = nil,
    change: (inout EditingJob) -> Void = { _ in },
    report: @escaping (String) -> Void = { _ in }
  ) throws -> BatchOutcome {
    var job = EditingJob(inputs: [folder / input], output: folder / output)
    job.masks = masks.map { folder / $0 }
    change(&job)
    return try job.run(generator, JobContext(notes: report))
  }

  private func pixels(_ name: String) throws -> [UInt8] {
    try TestImages.pixels(folder / name)
  }

  /// Writes a mask that is white in its right half.
  private func writeMask(
    _ name: String, width: Int = 8, height: Int = 8, format: PixelFormat = .gray
  ) throws {
    var mask = PixelImage(width: width, height: height, format: format, filledWith: 0)
    for y in 0..<height {
      for x in (width / 2)..<width {
        for c in 0..<format.channels { mask.pixels[(y * width + x) * format.channels + c] = 255 }
      }
    }
    try PNGWriter.write(mask, to: folder / name)
  }

  @Test func `a little noise gives the image nearly back, and more goes further from it`() throws {
    var distances: [Int] = []
    for strength in [0.05, 0.5, 0.9] {
      try edit(to: "\(strength)", generator(strength: strength, steps: 20))
      distances.append(
        try zip(pixels("\(strength)/a.png"), pixels("in/a.png")).reduce(0) {
          $0 + abs(Int($1.0) - Int($1.1))
        } / (8 * 8 * 3))
    }
    #expect(distances[0] <= 2, "\(distances)")
    #expect(distances[0] < distances[1] && distances[1] < distances[2], "\(distances)")
  }

  @Test func `at strength 1 nothing is left of the image`() throws {
    let generator = try generator()
    let image = [Float](repeating: 0.5, count: generator.elementsPerImage)
    #expect(try generator.images([7], after: image) == generator.images([7]))
    let partly = try self.generator(strength: 0.5)
    #expect(try partly.images([7], after: image) != generator.images([7]))
    #expect(partly.evaluations == 5)
  }

  @Test(arguments: [nil, "mask.png"])
  func `a result depends on no other image, and none is made twice`(masks: String?) throws {
    try writeMask("mask.png")
    let generator = try masks == nil ? generator(strength: 0.6) : repaint
    #expect(try edit(to: "whole", generator, masks: masks).written == 4)
    try edit("in/b.png", to: "parts", generator, masks: masks)
    let rest = try edit(to: "parts", generator, masks: masks, change: { $0.batch = 3 })
    #expect(rest.written == 3 && rest.skipped == 1)
    for name in ["a.png", "b.png", "c.png", "deeper/d.png"] {
      let (whole, part) = try (pixels("whole/\(name)"), pixels("parts/\(name)"))
      #expect(zip(whole, part).allSatisfy { abs(Int($0) - Int($1)) <= 1 }, "\(name)")
    }
    let again = try edit(to: "parts", generator, masks: masks)
    #expect(again.written == 0 && again.skipped == 4)
  }

  @Test func `several results of an image differ`() throws {
    let outcome = try edit(
      to: "out", generator(strength: 0.8), change: { $0.variations = 3 })
    #expect(outcome.written == 12)
    let made = try ["a.png", "a-2.png", "a-3.png"].map { try pixels("out/\($0)") }
    #expect(Set(made).count == 3)
    #expect(try pixels("out/deeper/d-3.png").count == 8 * 8 * 3)
    try edit(to: "one", generator(strength: 0.8))
    #expect(try pixels("one/a.png") == made[0])

    try TestImages.write("a-2.png", width: 8, height: 8, to: folder / "in")
    let text = refusal(in: folder.path) {
      try edit(to: "new", generator(strength: 0.8), change: { $0.variations = 2 })
    }
    #expect(
      text
        == "in/a.png: would have the same output as in/a-2.png: both are a-2.png; rename one, or "
        + "give the two their own output folders")
  }

  @Test(arguments: [PixelFormat.gray, .rgb, .rgba])
  func `what is black in the mask stays to the bit`(format: PixelFormat) throws {
    try writeMask("mask.png", format: format)
    try edit(to: "out", repaint, masks: "mask.png")
    for name in ["a.png", "b.png", "c.png", "deeper/d.png"] {
      let (before, after) = try (pixels("in/\(name)"), pixels("out/\(name)"))
      let kept = before.indices.filter { $0 / 3 % 8 < 4 }
      #expect(kept.allSatisfy { before[$0] == after[$0] }, "\(name)")
      #expect(before != after)
    }
  }

  @Test func `an image and its mask are fitted alike`() throws {
    try TestImages.write("wide.png", width: 20, height: 8, to: folder / "other")
    try writeMask("wide.png", width: 20)
    try edit("other", to: "out", repaint, masks: "wide.png")
    let (before, after) = try (pixels("other/wide.png"), pixels("out/wide.png"))
    #expect(after.count == 8 * 8 * 3)
    // The middle 8 of 20 columns, of which the last 4 are white in the mask.
    for (y, x, c) in (0..<8).flatMap({ y in (0..<4).flatMap { x in (0..<3).map { (y, x, $0) } } }) {
      #expect(after[(y * 8 + x) * 3 + c] == before[(y * 20 + 6 + x) * 3 + c])
    }
  }

  /// The mask is white in its right half as the image is seen, or in its lower half as that is stored.
  @Test func `a mask is as its image is stored, or as it is seen`() throws {
    let turned = HandmadePNG(
      width: 8, height: 16, extraChunks: [("eXIf", HandmadePNG.exif(orientation: 6))],
      sample: { x, y, _ in 10 * x + y })
    try FileManager.default.createDirectory(
      atPath: (folder / "turned").string, withIntermediateDirectories: true)
    try Data(turned.bytes).write(to: URL(filePath: (folder / "turned/a.png").string))
    try writeMask("seen.png", width: 16)
    var stored = PixelImage(width: 8, height: 16, format: .gray, filledWith: 0)
    for i in 0..<64 { stored.pixels[i] = 255 }
    try PNGWriter.write(stored, to: folder / "stored.png")
    try writeMask("other.png", width: 12)
    for mask in ["seen", "stored"] {
      #expect(try edit("turned", to: mask, repaint, masks: "\(mask).png").written == 1)
    }
    #expect(try pixels("seen/a.png") == pixels("stored/a.png"))
    var reports: [String] = []
    try edit(
      "turned", to: "other", repaint, masks: "other.png", report: { reports.append($0) })
    #expect(reports.last?.hasSuffix("which is 12 x 8, not 16 x 8") == true, "\(reports)")
  }

  @Test func `masks that do not fit are named, and the other images drawn`() throws {
    try FileManager.default.createDirectory(
      atPath: (folder / "masks/deeper").string, withIntermediateDirectories: true)
    try writeMask("masks/a.png")
    try writeMask("masks/b.png", width: 6)
    try PNGWriter.write(
      PixelImage(width: 8, height: 8, format: .gray, filledWith: 127), to: folder / "masks/c.png")
    var reports: [String] = []
    let outcome = try edit(
      to: "out", repaint, masks: "masks",
      report: { reports.append($0.replacing("\(folder.path)/", with: "")) })
    #expect(outcome.written == 1)
    #expect(
      reports == [
        "left out: in/b.png: has another size than its mask masks/b.png, which is 6 x 8, not 8 x 8",
        "left out: masks/c.png: nothing to inpaint: the mask has no white pixels",
        "left out: in/deeper/d.png: has no mask: there is no masks/deeper/d.png",
      ])
    let text = refusal(in: folder.path) {
      try edit(to: "new", repaint, masks: "masks/c.png")
    }
    #expect(text.hasPrefix("masks/c.png: nothing to inpaint"))
    #expect(!FileManager.default.fileExists(atPath: (folder / "new").string))
  }

  @Test func `results of other settings end the job, of other pixels are left out`() throws {
    let vary = try generator(strength: 0.5)
    try edit(to: "out", vary)
    let text = refusal(in: folder.path) {
      try edit(to: "out", generator(strength: 0.6))
    }
    #expect(
      text.hasPrefix(
        "out/a.png: was made with other settings (`strength` 0.5); this command would make it with "
          + "`strength` 0.6; "),
      "\(text)")
    try FileManager.default.removeItem(atPath: (folder / "in/b.png").string)
    try FileManager.default.copyItem(
      atPath: (folder / "in/a.png").string, toPath: (folder / "in/b.png").string)
    let outcome = try edit(to: "out", vary)
    #expect(outcome.skipped == 3 && outcome.failures.count == 1)
    #expect(outcome.failures[0].contains("out/b.png: was made with other settings (input image "))
  }

  @Test func `a job that is stopped keeps what it has`() throws {
    var asked = 0
    var job = EditingJob(inputs: [folder / "in"], output: folder / "out")
    job.batch = 2
    let generator = try generator(strength: 0.5)
    let outcome = try job.run(
      generator,
      JobContext(shouldStop: {
        asked += 1
        return asked > 10
      }))
    #expect(outcome.written == 2)
    let rest = try job.run(generator)
    #expect(rest.skipped == 2 && rest.written == 2)
  }

  @Test func `classes in turn are for new images`() throws {
    var network = TinyModel.network()
    network.classCount = 2
    var settings = GenerationSettings()
    (settings.steps, settings.takesTurns) = (2, true)
    let generator = try Generator(TinyModel.make(network), settings)
    let text = refusal(in: folder.path) { try edit(to: "out", generator) }
    #expect(text == "`class`: all is for new images only; give one class")
  }

  // Each part alone has no two results of one name.
  @Test func `variations with the name of another image are refused in each part`() throws {
    try TestImages.write("x.png", "x-2.png", "z.png", width: 8, height: 8, to: folder / "names")
    for part in 1...3 {
      let text = refusal(in: folder.path) {
        try edit("names", to: "out", generator(strength: 0.5)) {
          ($0.variations, $0.shard) = (2, Shard("\(part)/3"))
        }
      }
      #expect(text.contains("x-2.png"), "\(text)")
    }
  }

  @Test func `what failed is not told of as what was not reached`() throws {
    try Data("no picture".utf8).write(to: URL(filePath: (folder / "in/b.png").string))
    let outcome = try edit(to: "out", generator(strength: 0.5, steps: 2)) { $0.variations = 3 }
    #expect(outcome.failures.count == 1 && outcome.missing == 3 && outcome.unreached == 0)
  }
}
