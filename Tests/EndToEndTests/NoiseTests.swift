import Foundation
import HDF5
import PNGCodec
import SystemPackage
import TestSupport
import Testing

/// `stipple noise` from the outside.
@Suite struct NoiseTests {
  private struct Outcome: Decodable {
    struct Images: Decodable {
      let written, failed: Int
    }

    struct Samples: Decodable {
      let steps: Int
      let megabytes: Double
    }

    let images: Images
    let failures: [String]
    let noise: Samples
  }

  @Test(arguments: ["16384", "100000000x100000000"])
  func `what the disk has no room for is refused before it is begun`(size: String) async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(50, to: folder / "in")
    let run = try await ProgramRun(
      ["noise", "in", "-o", "noised.h5", "--size", size], in: folder.path)
    #expect(run.status == 1, "\(run)")
    #expect(
      run.errors.contains("noised.h5: needs ") && run.errors.contains("free; fewer"), "\(run)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path.string) == ["in"])
  }

  @Test func `a dry run says how much there would be, and writes nothing`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(2, to: folder / "in")
    let command = ["noise", "in", "-o", "noised.h5", "--timesteps", "every=100"]
    let plan = try await ProgramRun(command + ["--dry-run"], in: folder.path)
    #expect(plan.status == 0, "\(plan)")
    #expect(plan.errors == "2 images to noise at 10 steps; about 270 kB\n", "\(plan)")
    #expect(try folder.names() == ["in"])
    let run = try await ProgramRun(command + ["--json"], in: folder.path)
    let megabytes = try decode(Outcome.Samples.self, run, at: "noise").megabytes
    #expect(try Int((megabytes * 1e6).rounded()) == contents(folder / "noised.h5").count)
    let again = try await ProgramRun(command + ["--dry-run"], in: folder.path)
    #expect(again.errors == "0 images to noise at 10 steps\n", "\(again)")
    let other = try await ProgramRun(command + ["--dry-run", "--seed", "1"], in: folder.path)
    #expect(other.status == 1 && other.errors.contains("noised.h5: already exists"), "\(other)")
    // An image that is another now.
    try TestImages.write("000001.png", width: 32, height: 32, to: folder / "in")
    let changed = try await ProgramRun(command, in: folder.path)
    #expect(
      changed.status == 1 && changed.errors.contains("noised.h5: already exists"), "\(changed)")
  }

  @Test func `pictures that are missing beside a finished file are written`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(2, to: folder / "in")
    let command = ["noise", "in", "-o", "noised.h5", "--timesteps", "0,500"]
    #expect(try await ProgramRun(command, in: folder.path).status == 0)
    let bytes = try Data(contentsOf: URL(filePath: (folder / "noised.h5").string))
    let pictures = [
      "t-0000/000000.png", "t-0000/000001.png", "t-0500/000000.png", "t-0500/000001.png",
    ]
    for missing in [pictures, [pictures[2]]] {
      for name in missing {
        try? FileManager.default.removeItem(atPath: (folder / "png/\(name)").string)
      }
      let run = try await ProgramRun(command + ["--png", "png"], in: folder.path)
      #expect(run.status == 0, "\(run)")
      for name in pictures {
        #expect(FileManager.default.fileExists(atPath: (folder / "png/\(name)").string), "\(run)")
      }
      #expect(try Data(contentsOf: URL(filePath: (folder / "noised.h5").string)) == bytes)
    }
    let again = try await ProgramRun(command + ["--png", "png"], in: folder.path)
    #expect(again.errors.contains("already exists, with these 2 images"), "\(again)")
  }

  @Test func `x_t is the sum that the closed form says`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(2, to: folder / "in")
    let run = try await ProgramRun(
      [
        "noise", "in", "-o", "noised.h5", "--timesteps", "0,250,999", "--with-noise", "--png",
        "png", "--json",
      ], in: folder.path)
    #expect(run.status == 0, "\(run)")
    let outcome = try decode(Outcome.self, run)
    #expect(outcome.images.written == 2 && outcome.noise.steps == 3 && outcome.failures == [])

    let root = try File.open(folder / "noised.h5").root
    let xt = try root.dataset("x_t")
    #expect(xt.shape == [2, 3, 3, 32, 32])
    let abar: [Double] = try root.dataset("alpha_bar").read()
    // abar_0 = 1 - beta_0; the other two from NumPy's cumulative product.
    #expect(abs(abar[0] - 0.9999) < 1e-12)
    #expect(abs(abar[1] - 0.5214230306185275) < 1e-9)
    #expect(abs(abar[2] - 4.035829765375676e-05) < 1e-12)
    let (x, x0, eps): ([Float], [Float], [Float]) = try (
      xt.read(at: [1]), root.dataset("x_0").read(at: [1]), root.dataset("eps").read(at: [1])
    )
    let size = x0.count
    for step in 0..<3 {
      let (a, b) = (Float(abar[step].squareRoot()), Float((1 - abar[step]).squareRoot()))
      let worst = (0..<size).map { i -> Float in
        let expected: Float = a * x0[i] + b * eps[step * size + i]
        return abs(x[step * size + i] - expected)
      }.max()
      #expect(worst ?? 1 < 1e-5)
    }

    #expect(try names(in: folder / "png") == ["t-0000", "t-0250", "t-0999"])
    let picture = try PNGReader.read(folder / "png/t-0250/000001.png", as: .rgb)
    let first = (min(max(x[size], -1), 1) + 1) * 127.5
    #expect(abs(Float(picture.pixels[0]) - first) <= 0.51)
  }

  @Test func `the same command again leaves the file as it is`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(2, to: folder / "in")
    let arguments = ["noise", "in", "-o", "noised.h5", "--timesteps", "5", "--json"]
    let first = try await ProgramRun(arguments, in: folder.path)
    #expect(first.status == 0, "\(first)")
    let before = try contents(folder / "noised.h5")
    let second = try await ProgramRun(arguments, in: folder.path)
    #expect(second.status == 0, "\(second)")
    #expect(second.lastError == "noised.h5 already exists, with these 2 images at 1 step")
    #expect(try contents(folder / "noised.h5") == before)
    let other = try await ProgramRun(arguments + ["--seed", "1"], in: folder.path)
    #expect(other.status == 1, "\(other)")
  }

  @Test(arguments: [("f32", 4), ("f16", 2), ("u8", 1)])
  func `elements are as wide as asked for`(_ type: String, _ bytes: Int) async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(1, to: folder / "in")
    let run = try await ProgramRun(
      ["noise", "in", "-o", "noised.h5", "--timesteps", "every=50", "--type", type, "--json"],
      in: folder.path)
    #expect(run.status == 0, "\(run)")
    #expect(try decode(Outcome.self, run).noise.steps == 20)
    let dataset = try File.open(folder / "noised.h5").root.dataset("x_t")
    #expect(dataset.shape == [1, 20, 3, 32, 32])
    #expect(dataset.type.byteCount == bytes)
  }

  @Test func `pictures that are as they would be are not written again`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(2, to: folder / "in")
    let command = ["noise", "in", "-o", "n.h5", "--timesteps", "10,500", "--png", "png"]
    #expect(try await ProgramRun(command, in: folder.path).status == 0)
    func numbers() throws -> [Int] {
      try ["t-0010/000000.png", "t-0500/000001.png"].map { name in
        var status = stat()
        try #require(stat((folder / "png").string + "/" + name, &status) == 0)
        return Int(status.st_ino)
      }
    }
    let before = try numbers()
    try FileManager.default.removeItem(atPath: (folder / "n.h5").string)
    let again = try await ProgramRun(command, in: folder.path)
    #expect(again.status == 0, "\(again)")
    #expect(try numbers() == before)
    // One is of another image by now.
    let place = folder / "png/t-0500/000001.png"
    let own = try contents(place)
    try contents(folder / "png/t-0500/000000.png").write(to: URL(filePath: place.string))
    let refused = try await ProgramRun(command, in: folder.path)
    #expect(refused.status == 1)
    #expect(
      refused.errors.contains("000001.png: was made with other settings (image 0, "), "\(refused)")
    let replaced = try await ProgramRun(command + ["--overwrite"], in: folder.path)
    #expect(replaced.status == 0, "\(replaced)")
    #expect(try contents(place) == own)
  }

  // They were replaced without a word.
  @Test(arguments: [
    ["--schedule", "cosine"], ["--size", "16", "--fit", "resize"], ["--seed", "2"],
  ])
  func `pictures of other noise are not replaced`(options: [String]) async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(2, to: folder / "in")
    func noise(_ file: String, _ more: [String]) async throws -> ProgramRun {
      try await ProgramRun(
        ["noise", "in", "-o", file, "--timesteps", "500", "--png", "png"] + more, in: folder.path)
    }
    #expect(try await noise("a.h5", []).status == 0)
    let before = try contents(folder / "png/000000.png")
    let other = try await noise("b.h5", options)
    #expect(other.status == 1 && other.errors.contains("was made with other settings"), "\(other)")
    #expect(try contents(folder / "png/000000.png") == before)
    #expect(!FileManager.default.fileExists(atPath: (folder / "b.h5").string))
    let bad = try await noise("c.h5", ["--fit", "random-crop"])
    #expect(
      bad.status == 64 && bad.errors.contains("--fit: choose from crop, resize, pad"), "\(bad)")
  }

  @Test func `an image that cannot be read is left out`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(1, to: folder / "in")
    try TestImages.writeBroken(.cutShort, to: folder / "in/broken.png")
    let run = try await ProgramRun(
      ["noise", "in", "-o", "noised.h5", "--timesteps", "9", "--json"], in: folder.path)
    #expect(run.status == 3, "\(run)")
    #expect(
      try decode(Outcome.self, run).failures
        == ["in/broken.png: broken PNG: the file ends within its IDAT chunk"])
    #expect(try File.open(folder / "noised.h5").root.dataset("x_t").shape[0] == 1)
    let again = try await ProgramRun(
      ["noise", "in", "-o", "noised.h5", "--timesteps", "9"], in: folder.path)
    #expect(again.status == 3)
    #expect(again.errors.contains("left out: in/broken.png: broken PNG"), "\(again)")
    #expect(
      again.errors.contains("already exists, with this image at 1 step, 1 failed"), "\(again)")
  }
}
