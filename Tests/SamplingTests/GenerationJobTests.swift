import Checkpoints
import Diffusion
import Files
import Foundation
import PNGCodec
import Sampling
import SystemPackage
import TestModels
import TestSupport
import Testing

@Suite struct GenerationJobTests {
  static let samplers = Sampler.allCases
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Makes images in `name`, a batch of 5 at once unless told.
  @discardableResult
  private func generate(
    _ name: String, count: Int, _ sampler: Sampler = .ddim, seed: UInt64 = 5,
    change: (inout GenerationJob) -> Void = { _ in }, shouldStop: @escaping () -> Bool = { false }
  ) throws -> BatchOutcome {
    var job = GenerationJob(output: folder / name, count: count)
    job.batch = 5
    change(&job)
    return try job.run(generator(sampler, seed: seed), JobContext(shouldStop: shouldStop))
  }

  private func generator(
    _ sampler: Sampler = .ddim, seed: UInt64 = 5
  ) throws -> Generator {
    var settings = GenerationSettings()
    (settings.sampler, settings.seed, settings.steps) = (sampler, seed, 4)
    return try Generator(TinyModel.make(), settings)
  }

  private func contents(_ name: String) throws -> [String: Data] {
    try files(below: folder / name)
  }

  @Test(arguments: samplers)
  func `more images begin with the same bytes`(sampler: Sampler) throws {
    #expect(try generate("ten", count: 10, sampler, change: { $0.batch = 32 }).written == 10)
    #expect(try generate("hundred", count: 100, sampler, change: { $0.batch = 32 }).written == 100)
    let ten = try contents("ten")
    #expect(ten.keys.sorted() == (0..<10).map { "00000\($0).png" })
    let hundred = try contents("hundred")
    #expect(hundred.count == 100)
    for (name, bytes) in ten { #expect(hundred[name] == bytes, "\(name)") }
    #expect(Set(hundred.values).count == 100)
  }

  @Test(arguments: samplers)
  func `shards put together are the whole`(sampler: Sampler) throws {
    try generate("whole", count: 23, sampler)
    for (number, count) in [(1, 8), (2, 8), (3, 7)] {
      let outcome = try generate("shards", count: 23, sampler) {
        $0.shard = .init("\(number)/3")
      }
      #expect(outcome.written == count && outcome.skipped == 0)
    }
    #expect(try contents("whole") == contents("shards"))
  }

  @Test(arguments: samplers)
  func `the batch's size changes no pixel by more than a gray level`(
    sampler: Sampler
  ) throws {
    for batch in [1, 7, 32] {
      try generate("\(batch)", count: 32, sampler) { $0.batch = batch }
    }
    try expectEqualImages("1", "7", count: 32)
    try expectEqualImages("1", "32", count: 32)
  }

  private func expectEqualImages(_ first: String, _ second: String, count: Int) throws {
    #expect(try contents(first).keys == contents(second).keys)
    for index in 0..<count {
      let name = GenerationJob(output: "", count: 1).path(of: index).string
      let a = try PNGReader.read(folder / "\(first)/\(name)").pixels
      let b = try PNGReader.read(folder / "\(second)/\(name)").pixels
      let difference = zip(a, b).map { abs(Int($0) - Int($1)) }.max()
      #expect(try a.count == b.count && #require(difference) <= 1, "\(name)")
    }
  }

  @Test func `what is there is not made again, and what is missing is`() throws {
    #expect(try generate("out", count: 7).written == 7)
    let before = try contents("out")
    let again = try generate("out", count: 7)
    #expect(again.written == 0 && again.skipped == 7)
    for name in ["000002.png", "000006.png"] {
      try FileManager.default.removeItem(atPath: (folder / "out/\(name)").string)
    }
    #expect(try GenerationJob(output: folder / "out", count: 8).plan(generator()).missing == 3)
    let rest = try generate("out", count: 7)
    #expect(rest.written == 2 && rest.skipped == 5)
    #expect(try contents("out") == before)
  }

  @Test func `a job that was stopped is finished by the next`() throws {
    try generate("whole", count: 12)
    var batches = 0
    let first = try generate(
      "out", count: 12,
      shouldStop: {
        batches += 1
        return batches > 2
      })
    #expect(first.written == 10)
    let second = try generate("out", count: 12)
    #expect(second.written == 2 && second.skipped == 10)
    #expect(try contents("out") == contents("whole"))
  }

  @Test func `images made otherwise are not replaced`() throws {
    try generate("out", count: 2)
    let before = try contents("out")
    let text = refusal(in: folder.path) { try generate("out", count: 3, seed: 6) }
    #expect(
      text == """
        out/000000.png: was made with other settings (`seed` 5); this command would make it with \
        `seed` 6; give another output, or `overwrite` to replace it
        """)
    #expect(refusal(in: folder.path) { try generate("out", count: 2, .ddpm) } != "nothing")
    #expect(try contents("out") == before)
  }

  @Test(arguments: [false, true])
  func `another program's image is not replaced`(withTrajectory: Bool) throws {
    try Folders.make(folder / "out")
    let mine = folder / "out/000001.png"
    try PNGWriter.write(PixelImage(width: 1, height: 1, format: .gray, pixels: [7]), to: mine)
    let before = try contents("out")
    let text = refusal(in: folder.path) {
      try generate("out", count: 2) { if withTrajectory { $0.trajectory = folder / "t.h5" } }
    }
    #expect(
      text.hasPrefix("out/000001.png: not written: the file exists, and was not made by Stipple; "))
    #expect(try contents("out") == before)
    #expect(try folder.names() == ["out"])
  }

  @Test func `the grid shows all images, and grows with them`() throws {
    let grid = folder / "pictures/grid.png"
    try generate("out", count: 3) { $0.grid = grid }
    var picture = try PNGReader.read(grid)
    #expect(picture.width == 2 + 2 * 10 && picture.height == 2 + 2 * 10)
    try generate("out", count: 5) { $0.grid = grid }
    picture = try PNGReader.read(grid)
    #expect(picture.width == 2 + 3 * 10 && picture.height == 2 + 2 * 10)
    #expect(try Provenance(of: grid)?.text.hasSuffix("; images 5") == true)
  }

  @Test func `what shows more images than are generated is not replaced`() throws {
    let (grid, film, way) = (folder / "grid.png", folder / "film.apng", folder / "way.h5")
    func run(_ count: Int, overwriting: Bool = false) throws {
      try generate("out", count: count) {
        ($0.grid, $0.animation, $0.trajectory) = (grid, film, way)
        $0.overwrites = overwriting
      }
    }
    try run(3)
    let before = try [grid, film, way].map { try Data(contentsOf: URL(filePath: $0.string)) }
    for (remaining, sentence) in [
      (
        ["grid.png"],
        "grid.png: was made with other settings (3 images); this command would make it with 2 images; "
      ), (["film.apng"], "film.apng: was made with other settings (3 images); "),
      (["way.h5"], "way.h5: has images that this command does not generate; give another name, "),
    ] {
      let text = refusal(in: folder.path) {
        try generate("out", count: 2) {
          if remaining == ["grid.png"] { $0.grid = grid }
          if remaining == ["film.apng"] { $0.animation = film }
          if remaining == ["way.h5"] { $0.trajectory = way }
        }
      }
      #expect(text.hasPrefix(sentence), "\(text)")
    }
    #expect(try [grid, film, way].map { try Data(contentsOf: URL(filePath: $0.string)) } == before)
    try run(2, overwriting: true)
    #expect(try Provenance(of: grid)?.value(of: "images") == "2")
    try run(3)
    #expect(try Provenance(of: grid)?.value(of: "images") == "3")
  }

  @Test func `a grid replaces no other picture`() throws {
    let grid = folder / "grid.png"
    try generate("out", count: 2) { $0.grid = grid }
    #expect(
      refusal(in: folder.path) { try generate("other", count: 2, seed: 6) { $0.grid = grid } }
        .hasPrefix("grid.png: was made with other settings (`seed` 5); this command would make it ")
    )
    try AtomicFile.write("mine".utf8, to: grid)
    #expect(
      refusal(in: folder.path) { try generate("other", count: 2) { $0.grid = grid } }
        .hasPrefix("grid.png: not written: the file exists, and was not made by Stipple; "))
    #expect(try folder.names() == ["grid.png", "out"])
  }

  @Test(arguments: ["1/1", "2/4", "4/4"])
  func `parts of the images are understood`(text: String) {
    #expect(Shard(text) != nil)
  }

  @Test(arguments: ["", "1", "0/2", "3/2", "1/0", "a/2", "1/2/3", "1/", "-1/2"])
  func `what is no part of the images is not`(text: String) {
    #expect(Shard(text) == nil)
  }
}
