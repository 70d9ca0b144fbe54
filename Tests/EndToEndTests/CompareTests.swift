import Foundation
import HDF5
import PNGCodec
import SystemPackage
import TestSupport
import Testing

/// `stipple compare` from the outside.
@Suite struct CompareTests {
  private struct Level: Decodable, Equatable {
    let width, height: Int
    let distance: Double
  }

  private struct Neighbor: Decodable, Equatable {
    let image, nearest: String
    let distance: Double
  }

  private struct Gaussians: Decodable {
    let width, height: Int
    let distance: Double
  }

  private struct Counts: Decodable {
    let a, b, failed: Int
  }

  private struct Figures: Decodable {
    let width, height, channels: Int
    let sliced_wasserstein: [Level]
    let pixel_frechet: Gaussians
    let neighbors: [Neighbor]
    let closer_than_expected: Int
    let precision, recall, density, coverage: Double?
  }

  private struct Features: Decodable {
    let dimensions: Int
    let fid, kid: Double
    let precision, recall, density, coverage: Double?
  }

  private struct Report: Decodable {
    let images: Counts?
    let failures: [String]?
    let compare: Figures?
    let features: Features?
  }

  /// `a`: flowers 0 to 7; `b`: flowers 0 to 23.
  private func flowers() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(8, to: folder / "a")
    try TestImages.copyFlowers(24, to: folder / "b")
    return folder
  }

  @Test func `copies are found, and shown in pairs`() async throws {
    let folder = try flowers()
    let arguments = ["compare", "a", "b", "--json", "--pairs", "new/pairs.png"]
    let run = try await ProgramRun(
      arguments + ["--neighbors", "nearest.csv", "--csv", "figures.csv"], in: folder.path)
    #expect(run.status == 0, "\(run)")
    let counts = try #require(try decode(Report.self, run).images)
    let images = try #require(try decode(Report.self, run).compare)
    #expect(counts.a == 8 && counts.b == 24 && images.channels == 3)
    #expect(images.sliced_wasserstein.map(\.width) == [32, 16])
    #expect(images.sliced_wasserstein.allSatisfy { $0.distance > 0 })
    #expect(images.pixel_frechet.width == 16 && images.pixel_frechet.distance > 0)
    #expect(images.neighbors.allSatisfy { $0.image == $0.nearest && $0.distance == 0 })
    #expect(images.closer_than_expected == 8)
    // A is a part of B.
    #expect(images.precision == 1)
    let (recall, coverage) = (try #require(images.recall), try #require(images.coverage))
    #expect(recall >= 8.0 / 24 && coverage >= 8.0 / 24 && coverage <= 1)
    let picture = try TestImages.pixels(folder / "new/pairs.png")
    // Three by three pairs of 64 x 32 pixels, 4 apart.
    #expect(picture.count == 208 * 112 * 3)
    let nearest = try String(decoding: contents(folder / "nearest.csv"), as: UTF8.self)
    #expect(nearest.hasPrefix("image,nearest,distance\n000000.png,000000.png,0.0\n"))
    let figures = try String(decoding: contents(folder / "figures.csv"), as: UTF8.self)
    #expect(figures.hasPrefix("figure,value\nimages_a,8\nimages_b,24\n"))
    #expect(figures.contains("\nprecision,1\nrecall,\(recall)\ndensity,"))

    let again = try await ProgramRun(arguments, in: folder.path)
    #expect(again.output == run.output, "another time, other figures")
    let seeded = try await ProgramRun(arguments + ["--seed", "1"], in: folder.path)
    let other = try #require(try decode(Report.self, seeded).compare)
    #expect(other.sliced_wasserstein != images.sliced_wasserstein)
    #expect(other.neighbors == images.neighbors)
    let swapped = try await ProgramRun(
      ["compare", "b", "a", "--pairs", "new/pairs.png"], in: folder.path)
    #expect(
      swapped.lastError.hasPrefix(
        "Error: new/pairs.png: was made with other settings (A a, B b); this command would make it with A b, B a; "
      ),
      "\(swapped)")
  }

  @Test func `a folder is at no distance from itself`() async throws {
    let folder = try flowers()
    let run = try await ProgramRun(["compare", "b", "b"], in: folder.path)
    #expect(run.status == 0, "\(run)")
    #expect(run.output.contains("sliced Wasserstein distance x 1000"), "\(run)")
    #expect(run.output.contains("closer to B than 95 %"), "\(run)")
    #expect(run.output.contains(/precision of pixels \(k = 3\) +1\.00\n/), "\(run)")
    #expect(run.output.contains(/coverage of pixels \(k = 5\) +1\.00\n/), "\(run)")
    let json = try await ProgramRun(["compare", "b", "b", "--json"], in: folder.path)
    let images = try #require(try decode(Report.self, json).compare)
    #expect(images.sliced_wasserstein.allSatisfy { $0.distance == 0 })
    #expect(abs(images.pixel_frechet.distance) < 1e-9)
    #expect(images.precision == 1 && images.recall == 1 && images.coverage == 1)
  }

  @Test func `figures for which there are too few images are left out with a sentence`()
    async throws
  {
    let folder = try flowers()
    try TestImages.copyFlowers(3, to: folder / "few")
    let run = try await ProgramRun(["compare", "few", "b", "--json"], in: folder.path)
    #expect(run.status == 0, "\(run)")
    #expect(
      run.errors.contains("no recall: needs at least 4 images in A (k = 3), got 3\n"), "\(run)")
    let images = try #require(try decode(Report.self, run).compare)
    #expect(images.recall == nil && images.precision == 1 && images.coverage != nil)
    let reference = try await ProgramRun(["compare", "a", "few", "--json"], in: folder.path)
    #expect(
      reference.errors.contains("no precision: needs at least 4 images in B (k = 3), got 3\n"),
      "\(reference)")
    #expect(
      reference.errors.contains(
        "no density and coverage: needs at least 6 images in B (k = 5), got 3\n"),
      "\(reference)")
  }

  @Test func `a broken image is named, and sizes are brought together`() async throws {
    let folder = try flowers()
    try TestImages.write("c.png", width: 48, height: 40, format: .gray, to: folder / "a")
    try TestImages.writeBroken(.cutShort, to: folder / "a/broken.png")
    let run = try await ProgramRun(["compare", "a", "b", "--json"], in: folder.path)
    #expect(run.status == 3, "\(run)")
    #expect(run.errors.contains("left out: a/broken.png: broken PNG"), "\(run)")
    let report = try decode(Report.self, run)
    #expect(report.images?.a == 9 && report.images?.failed == 1)
    #expect(report.compare?.width == 32 && report.failures?.count == 1)
    let strict = try await ProgramRun(["compare", "a", "b", "--strict"], in: folder.path)
    #expect(strict.status == 1, "\(strict)")
    let sized = try await ProgramRun(
      ["compare", "a", "b", "--size", "20x18", "--json"], in: folder.path)
    let small = try #require(try decode(Report.self, sized).compare)
    #expect(small.width == 20 && small.height == 18 && small.sliced_wasserstein.count == 1)
    let plan = try await ProgramRun(["compare", "a", "b", "--dry-run"], in: folder.path)
    #expect(plan.status == 0 && plan.output == "", "\(plan)")
    #expect(
      plan.lastError == "10 images to compare with 24, at 32 x 32; about 3 MB of memory")
  }

  @Test func `features are compared alone and beside images`() async throws {
    let folder = try flowers()
    for (name, shift) in [("a.h5", Float(0)), ("b.h5", 2)] {
      let file = try File.create(folder / name)
      let rows: [Float] = (0..<60).map { i in
        let number = Float(i * i % 13)
        return i % 3 == 0 ? number + shift : number
      }
      try file.root.write("features", rows, shape: [20, 3])
      try file.publish()
    }
    let alone = try await ProgramRun(
      ["compare", "--features", "a.h5", "b.h5", "--json"], in: folder.path)
    #expect(alone.status == 0, "\(alone)")
    let report = try decode(Report.self, alone)
    let features = try #require(report.features)
    #expect(report.images == nil && report.compare == nil && features.dimensions == 3)
    // The means differ by (2, 0, 0), the covariances not at all.
    #expect(abs(features.fid - 4) < 1e-6)
    #expect(features.precision != nil && features.recall != nil && features.coverage != nil)
    let both = try await ProgramRun(
      ["compare", "a", "b", "--features", "a.h5", "b.h5"], in: folder.path)
    #expect(both.status == 0, "\(both)")
    #expect(both.output.contains("FID (Frechet distance)"), "\(both)")
    #expect(both.output.contains("Frechet distance of pixels"), "\(both)")
    for (name, option) in [
      ("size", ["16"]), ("fit", ["pad"]), ("max-pixels", ["9"]), ("strict", []),
    ] {
      let run = try await ProgramRun(
        ["compare", "--features", "a.h5", "b.h5", "--\(name)"] + option, in: folder.path)
      #expect(run.status == 64, "\(run)")
      #expect(run.errors.contains("Error: --\(name): needs two folders of images\n"), "\(run)")
    }
  }

  @Test func `features are the dataset of that name, no other`() async throws {
    let folder = try TemporaryFolder()
    let file = try File.create(folder / "a.h5")
    try file.root.write("pool3", [Float](repeating: 1, count: 60), shape: [20, 3])
    try file.publish()
    let run = try await ProgramRun(["compare", "--features", "a.h5", "a.h5"], in: folder.path)
    #expect(run.status == 1, "\(run)")
    #expect(run.lastError == "Error: a.h5: has no dataset features of two axes (N x D)", "\(run)")
  }
}
