import Diffusion
import Editing
import Files
import Foundation
import Images
import PNGCodec
import Sampling
import SystemPackage
import TestModels
import TestSupport
import Testing

@Suite struct InterpolationJobTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func generator(
    _ sampler: Sampler = .ddim, seed: UInt64 = 0,
    _ change: (inout GenerationSettings) -> Void = { _ in }
  ) throws -> Generator {
    var settings = GenerationSettings()
    (settings.sampler, settings.seed, settings.steps) = (sampler, seed, 4)
    change(&settings)
    return try Generator(TinyModel.make(), settings)
  }

  @discardableResult
  private func interpolate(
    _ ends: InterpolationJob.Ends, _ name: String, frames: Int = 5, _ generator: Generator? = nil,
    change: (inout InterpolationJob) -> Void = { _ in },
    shouldStop: @escaping () -> Bool = { false }
  ) throws -> BatchOutcome {
    var job = InterpolationJob(ends, output: folder / name)
    (job.frames, job.batch) = (frames, 4)
    change(&job)
    return try job.run(generator ?? self.generator(), JobContext(shouldStop: shouldStop))
  }

  private func pixels(_ name: String) throws -> [UInt8] {
    try PNGReader.read(folder / name).pixels
  }

  /// All pictures below a folder with their bytes.
  private func contents(_ name: String) throws -> [String: Data] {
    try files(below: folder / name).filter { $0.key.hasSuffix(".png") }
  }

  private func distance(_ a: [UInt8], _ b: [UInt8]) -> Double {
    zip(a, b).reduce(0) { $0 + abs(Double($1.0) - Double($1.1)) } / Double(a.count)
  }

  private func writePairs(_ names: [String]) throws {
    for (seed, side) in ["a", "b"].enumerated() {
      for (number, name) in names.enumerated() {
        let path = folder / "\(side)/\(name)"
        try Folders.make(path.removingLastComponent())
        try PNGWriter.write(
          TestImages.ramp(width: 8, height: 8, format: .rgb, seed: 20 * seed + number), to: path)
      }
    }
  }

  private var pairs: InterpolationJob.Ends { .images(folder / "a", folder / "b") }

  // MARK: Between seeds

  @Test(arguments: Sampler.allCases)
  func `the ends are the images of their seeds`(sampler: Sampler) throws {
    try interpolate(.seeds(3, 7, index: 2), "out", generator(sampler))
    let made = try (0..<5).map { try pixels("out/00000\($0).png") }
    for (seed, frame) in [(UInt64(3), 0), (7, 4)] {
      _ = try GenerationJob(output: folder / "\(seed)", count: 3).run(
        generator(sampler, seed: seed))
      #expect(try made[frame] == pixels("\(seed)/000002.png"))
    }
    #expect(Set(made).count == 5)
    // Each step is shorter than the whole way.
    let whole = distance(made[0], made[4])
    for (a, b) in zip(made, made.dropFirst()) { #expect(distance(a, b) < 0.7 * whole) }
  }

  @Test func `a frame depends on its place alone, not on the batch`() throws {
    for batch in [1, 3, 16] {
      try interpolate(.seeds(3, 7, index: 0), "\(batch)", frames: 9) { $0.batch = batch }
    }
    for frame in 0..<9 {
      let name = "00000\(frame).png"
      for batch in ["1", "3"] {
        let far = zip(try pixels("\(batch)/\(name)"), try pixels("16/\(name)"))
          .map { abs(Int($0) - Int($1)) }.max()
        #expect(try #require(far) <= 1)
      }
    }
    // The middle of nine is the middle of five.
    try interpolate(.seeds(3, 7, index: 0), "five")
    #expect(distance(try pixels("five/000002.png"), try pixels("16/000004.png")) < 0.1)
  }

  @Test func `what is there is not made again, and what is missing is`() throws {
    #expect(try interpolate(.seeds(3, 7, index: 0), "out").written == 5)
    let before = try contents("out")
    #expect(before.keys.sorted() == (0..<5).map { "00000\($0).png" })
    try FileManager.default.removeItem(atPath: (folder / "out/000003.png").string)
    var job = InterpolationJob(.seeds(3, 7, index: 0), output: folder / "out")
    job.frames = 5
    #expect(try job.plan(generator()).missing == 1)
    let again = try interpolate(.seeds(3, 7, index: 0), "out")
    #expect(again.written == 1 && again.skipped == 4 && again.total == 5)
    #expect(try contents("out") == before)
  }

  @Test func `frames made otherwise are not replaced`() throws {
    try interpolate(.seeds(3, 7, index: 0), "out")
    let before = try contents("out")
    let others: [(InterpolationJob.Ends, Int, String)] = [
      (.seeds(3, 8, index: 0), 5, "`seeds` 3 7"), (.seeds(3, 7, index: 1), 5, "image 0"),
      (.seeds(3, 7, index: 0), 6, "`frames` 5"),
    ]
    for (ends, frames, found) in others {
      let text = refusal(in: folder.path) { try interpolate(ends, "out", frames: frames) }
      #expect(text.hasPrefix("out/000000.png: was made with other settings (\(found)); "))
    }
    #expect(try contents("out") == before)
  }

  @Test func `a job that was stopped is finished by the next`() throws {
    try interpolate(.seeds(3, 7, index: 0), "whole", frames: 9)
    var batches = 0
    let first = try interpolate(
      .seeds(3, 7, index: 0), "out", frames: 9,
      change: { $0.grid = folder / "grid.png" },
      shouldStop: {
        batches += 1
        return batches > 1
      })
    #expect(first.written == 4 && first.total == 9)
    #expect(try !folder.names().contains("grid.png"))
    #expect(try interpolate(.seeds(3, 7, index: 0), "out", frames: 9).skipped == 4)
    #expect(try contents("out") == contents("whole"))
  }

  // MARK: Between images

  @Test func `frames lead from one image of a pair to the other`() throws {
    try writePairs(["x.png", "deep/y.png"])
    let outcome = try interpolate(pairs, "out")
    #expect(outcome.written == 10 && outcome.failures.isEmpty)
    #expect(
      try contents("out").keys.sorted()
        == ["deep/y", "x"].flatMap { name in (0..<5).map { "\(name)/00000\($0).png" } })
    for name in ["x", "deep/y"] {
      let (a, b) = (try pixels("a/\(name).png"), try pixels("b/\(name).png"))
      let made = try (0..<5).map { try pixels("out/\(name)/00000\($0).png") }
      #expect(distance(made[0], a) < 2 && distance(made[4], b) < 2)
      for (x, y) in zip(made, made.dropFirst()) { #expect(distance(x, y) < distance(a, b)) }
    }
    let again = try interpolate(pairs, "out")
    #expect(again.written == 0 && again.skipped == 10)
  }

  @Test func `two files are a pair, whatever their names`() throws {
    try writePairs(["x.png", "y.png"])
    try interpolate(.images(folder / "a/x.png", folder / "b/y.png"), "out")
    #expect(try contents("out").count == 5)
    #expect(try distance(pixels("out/x/000004.png"), pixels("b/y.png")) < 2)
    // Another picture by the same name is told apart.
    let text = refusal(in: folder.path) {
      try interpolate(.images(folder / "a/x.png", folder / "b/x.png"), "out")
    }
    #expect(text.hasPrefix("out/x/000000.png: was made with other settings (`between` images "))
  }

  @Test func `a pair's frames do not depend on the other pairs`() throws {
    try writePairs(["1.png", "2.png", "3.png", "4.png"])
    try interpolate(pairs, "all")
    try interpolate(.images(folder / "a/3.png", folder / "b/3.png"), "one") { $0.batch = 16 }
    for frame in 0..<5 {
      let far = zip(try pixels("all/3/00000\(frame).png"), try pixels("one/3/00000\(frame).png"))
        .map { abs(Int($0) - Int($1)) }.max()
      #expect(try #require(far) <= 1)
    }
  }

  @Test func `what cannot be paired or read is named, and the others are drawn`() throws {
    try writePairs(["1.png", "2.png", "3.png"])
    try FileManager.default.removeItem(atPath: (folder / "b/1.png").string)
    try FileManager.default.removeItem(atPath: (folder / "a/2.png").string)
    try PNGWriter.write(
      TestImages.ramp(width: 20, height: 12, format: .gray), to: folder / "b/wide.png")
    try PNGWriter.write(
      TestImages.ramp(width: 8, height: 8, format: .rgba), to: folder / "a/wide.png")
    try AtomicFile.write("mine".utf8, to: folder / "a/text.png")
    try AtomicFile.write("mine".utf8, to: folder / "b/text.png")
    let outcome = try interpolate(pairs, "out") { $0.grid = folder / "grid.png" }
    #expect(
      outcome.failures.map { $0.replacing("\(folder.path)/", with: "") } == [
        "a/1.png: has no partner: there is no b/1.png",
        "b/2.png: has no partner: there is no a/2.png",
        "a/text.png: not a PNG: it is text",
      ])
    #expect(outcome.written == 10 && outcome.total == 10)
    #expect(try Set(contents("out").keys.map { $0.prefix(4) }) == ["3/00", "wide"])
    #expect(try PNGReader.header(of: folder / "grid.png").height == 2 + 2 * 10)
  }

  @Test func `what leads nowhere is refused before any work`() throws {
    try writePairs(["1.png", "1.PNG"])
    try Folders.make(folder / "c")
    try PNGWriter.write(
      TestImages.ramp(width: 8, height: 8, format: .rgb), to: folder / "c/other.png")
    func text(
      _ a: String, _ b: String, to out: String = "out", _ generator: Generator? = nil,
      animation: String? = nil
    ) -> String {
      refusal(in: folder.path) {
        try interpolate(.images(folder / a, folder / b), out, generator) {
          $0.animation = animation.map { folder / $0 }
        }
      }
    }
    #expect(
      text("a", "c")
        == "a: has no image with the same name as in c; paired images need the same name")
    #expect(
      text("a/1.png", "c") == "a/1.png: cannot be paired with c: one is a file, the other a folder"
    )
    #expect(text("a", "none") == "none: could not be read: No such file or directory")
    #expect(text("a", "b").contains("would have the same output as"))
    #expect(text("c", "c", to: "c").hasPrefix("c: is both input and output"))
    for generator in [try generator(.dpmSolver2M), try generator { $0.eta = 0.5 }] {
      #expect(
        text("c", "c", generator)
          == "`sampler`: `between` needs DDIM inversion; use ddim with `eta` 0")
    }
    #expect(
      try text("c", "c", generator { $0.steps = 1 }) == "`steps`: `between` needs at least 2")
    #expect(
      text("c", "c", animation: "film.png")
        == "`animation`: film.png must end in .apng; `grid` shows the frames side by side")
    #expect(try folder.names() == ["a", "b", "c"])
  }

  // MARK: Pictures

  @Test func `a grid has a row a pair, and an animation goes there and back`() throws {
    try writePairs(["x.png", "y.png"])
    try interpolate(pairs, "out") {
      $0.grid = folder / "grid.png"
      $0.animation = folder / "film.apng"
    }
    let grid = try PNGReader.read(folder / "grid.png")
    #expect(grid.width == 2 + 5 * 10 && grid.height == 2 + 2 * 10)
    let film = try Data(contentsOf: URL(filePath: (folder / "film.apng").string))
    // 0 1 2 3 4 3 2 1
    #expect(film.range(of: Data("acTL\0\0\0\u{8}".utf8)) != nil)
    // The still picture is the middle.
    let middle = try ["x", "y"].map { try PNGReader.read(folder / "out/\($0)/000002.png") }
    #expect(try PNGReader.read(folder / "film.apng") == ImageGrid.arrange(middle))
    // They are made anew of frames that are there, but replace nothing else.
    try interpolate(pairs, "out") { $0.grid = folder / "grid.png" }
    let others = refusal(in: folder.path) {
      try interpolate(.images(folder / "b", folder / "a"), "new") { $0.grid = folder / "grid.png" }
    }
    #expect(others.hasPrefix("grid.png: was made with other settings (`between` "), "\(others)")
    let text = refusal(in: folder.path) {
      try interpolate(pairs, "out") { $0.grid = folder / "a/x.png" }
    }
    #expect(
      text.hasPrefix("a/x.png: not written: the file exists, and was not made by Stipple; "))
  }
}
