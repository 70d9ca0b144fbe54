import Analysis
import Foundation
import Networks
import PNGCodec
import Sampling
import SystemPackage
import TestModels
import TestSupport
import Testing

@Suite struct EvaluationJobTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try TestImages.write("a.png", "b.png", "c.png", width: 8, height: 8, to: folder / "images")
  }

  private func evaluate(
    _ change: (inout EvaluationJob) -> Void = { _ in }
  ) throws -> Evaluation {
    var job = EvaluationJob(inputs: [folder / "images"])
    change(&job)
    return try job.run(TinyModel.make())
  }

  @Test func `the parts add up to the bound`() throws {
    let evaluation = try evaluate()
    #expect(evaluation.images == 3 && evaluation.rows.count == 20)
    let parts = evaluation.prior.mean + evaluation.denoising.mean + evaluation.decoder.mean
    #expect(abs(parts - evaluation.bound.mean) < 1e-9)
    let steps = evaluation.rows.dropFirst().reduce(0) { $0 + $1.bits.mean }
    #expect(abs(steps - evaluation.denoising.mean) < 1e-9)
    let loss = evaluation.rows.reduce(0) { $0 + $1.loss.mean } / 20
    #expect(abs(loss - evaluation.loss.mean) < 1e-9)
    #expect(evaluation.bound.standardError != nil)
  }

  @Test func `the batch and the other images change nothing`() throws {
    let first = try evaluate { $0.batch = 1 }
    let second = try evaluate { $0.batch = 7 }
    #expect(abs(first.bound.mean - second.bound.mean) < 1e-4 * first.bound.mean)
    #expect(abs(first.loss.mean - second.loss.mean) < 1e-4)
    let alone = try evaluate { $0.inputs = [folder / "images/a.png"] }
    #expect(alone.images == 1 && alone.bound.standardError == nil)
  }

  @Test func `other seeds measure with other noise`() throws {
    let first = try evaluate { $0.seed = 1 }
    #expect(try evaluate { $0.seed = 1 }.csv == first.csv)
    #expect(try evaluate { $0.seed = 2 }.csv != first.csv)
  }

  @Test func `some of the timesteps estimate the sum over all`() throws {
    let whole = try evaluate().denoising.mean
    var estimate = 0.0
    for seed in 0..<40 {
      estimate += try evaluate { ($0.timesteps, $0.seed) = (8, UInt64(seed)) }.denoising.mean / 40
    }
    #expect(abs(estimate / whole - 1) < 0.1)
  }

  @Test(arguments: [
    (2, 2), (2, 20), (8, 20), (19, 20), (20, 20), (100, 1000), (1000, 1000), (1, 1),
  ])
  func `ranges hold every timestep once, and each image is measured within them`(
    count: Int, total: Int
  ) {
    let strata = TimestepStrata(count, of: total)
    #expect(strata.ranges.count == count)
    #expect(strata.ranges.flatMap { Array($0) } == Array(0..<total))
    for index in 0..<10 {
      for k in 0..<count {
        #expect(strata.ranges[k].contains(strata.timestep(k, seed: 3, index: index)))
      }
    }
  }

  @Test func `images are of the classes that their folders are called by`() throws {
    var network = TinyModel.network()
    network.classCount = 2
    let model = try TinyModel.make(network, classNames: ["ant", "bee"])
    func bound(_ inputs: String..., change: (inout EvaluationJob) -> Void) throws -> Double {
      var job = EvaluationJob(inputs: inputs.map { folder / $0 })
      change(&job)
      return try job.run(model).bound.mean
    }
    try TestImages.write("a.png", width: 8, height: 8, to: folder / "kinds/bee")
    let own = try bound("kinds") { $0.takesFolders = true }
    #expect(try bound("kinds") { $0.classIndex = 1 } == own)
    #expect(try bound("kinds") { $0.classIndex = 0 } != own)
    #expect(
      refusal(in: folder.path) { _ = try bound("images") { $0.takesFolders = true } }
        == "`class`: images/a.png is not in a class subfolder; the classes are ant, bee")
  }

  @Test func `an image that cannot be read is left out and named`() throws {
    try Data("no image".utf8).write(to: URL(filePath: (folder / "images/d.png").string))
    var told: [String] = []
    var job = EvaluationJob(inputs: [folder / "images"])
    let evaluation = try job.run(TinyModel.make(), JobContext(notes: { told.append($0) }))
    #expect(evaluation.images == 3 && evaluation.failures.count == 1 && told.count == 1)
    job.isStrict = true
    #expect(
      refusal(in: folder.path) { _ = try job.run(TinyModel.make()) }.hasPrefix("images/d.png: "))
  }

  @Test func `the table and the CSV have every range`() throws {
    let evaluation = try evaluate { $0.timesteps = 5 }
    #expect(evaluation.lines.contains { $0.hasPrefix("bound ") })
    let rows = evaluation.csv.split(separator: "\n")
    #expect(rows.count == 6)
    #expect(rows[0] == "first_timestep,last_timestep,bits_per_dim,bits_error,loss,loss_error")
    #expect(rows[1].hasPrefix("0,0,") && rows[5].contains(",19,"))
  }

  @Test func `settings that do not fit are refused`() throws {
    #expect(
      refusal(in: folder.path) { _ = try evaluate { $0.timesteps = 1 } }
        == "`timesteps`: must be at least 2, got 1")
    #expect(
      refusal(in: folder.path) { _ = try evaluate { $0.classIndex = 1 } }
        == "`class`: the model is not class-conditional")
  }
}
