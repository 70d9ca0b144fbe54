import Checkpoints
import Distributed
import Foundation
import Images
import Sampling
import TestModels
import TestSupport
import Testing
import Training

/// A run within the memory that it may take.
@Suite(.serialized) struct TrainingMemoryTests {
  private static let batch = 16

  private static func settings(steps: Int, dropout: Double = 0.1) -> TrainingSettings {
    var settings = TrainingFixture.settings(steps: steps)
    settings.size = ImageSize(width: 64, height: 64)
    settings.fit = .resize
    settings.batch = batch
    settings.dropout = dropout
    settings.checkpointEvery = 2
    return settings
  }

  private func plan(_ fixture: TrainingFixture, _ settings: TrainingSettings) throws -> TrainingPlan
  {
    try TrainingPlan(inputs: [fixture.pictures], run: fixture.run("planned"), settings: settings)
  }

  /// Settings with the least memory that takes a whole batch at once.
  private func limited(_ fixture: TrainingFixture, _ settings: TrainingSettings) throws
    -> TrainingSettings
  {
    var limited = settings
    limited.memory = try #require(plan(fixture, settings).memoryTrades.last { $0.batchParts == 1 })
      .memory
    return limited
  }

  /// Settings with which batches are computed in parts.
  private func split(_ fixture: TrainingFixture, _ settings: TrainingSettings) throws
    -> TrainingSettings
  {
    var split = try limited(fixture, settings)
    let whole = try #require(split.memory).bytes
    split.memory = MemorySize(bytes: 1_000_000)
    let least = try plan(fixture, split).plannedBytes
    split.memory = MemorySize(bytes: (whole + least) / 2)
    return split
  }

  private func requireSame(_ fixture: TrainingFixture, _ a: String, _ b: String, step: Int) throws {
    for file in ["metrics.csv", "timesteps.csv"] {
      #expect(try fixture.bytes(a, file) == fixture.bytes(b, file), "\(file)")
    }
    for part in try CheckpointFile(opening: fixture.checkpoint(a, step: step)).parts() {
      let (one, other) = (
        try fixture.tensors(a, step: step, part), try fixture.tensors(b, step: step, part)
      )
      #expect(one == other, "\(part)")
    }
  }

  @Test func `with less memory a run is the same to the bit, and takes longer`() throws {
    let fixture = try TrainingFixture()
    let settings = Self.settings(steps: 4)
    let limited = try limited(fixture, settings)
    let (large, small) = (try plan(fixture, settings), try plan(fixture, limited))
    #expect(large.slowdown == 0 && large.batchParts == 1)
    #expect(small.slowdown > 0 && small.batchParts == 1)
    #expect(small.plannedBytes < large.plannedBytes * 9 / 10)
    #expect(small.plannedBytes <= limited.memory?.bytes ?? 0)

    try fixture.train("large", settings)
    let notes = try fixture.train("small", limited).notes
    #expect(!notes.contains { $0.contains("parts") })
    #expect(small.summary.contains { $0.contains("activations are recomputed to save memory") })
    try requireSame(fixture, "large", "small", step: 4)

    // It goes on with another limit.
    var half = limited
    half.steps = 2
    try fixture.train("pieces", half)
    try fixture.train("pieces", settings)
    try requireSame(fixture, "large", "pieces", step: 4)
  }

  @Test func `where that is not enough, batches are computed in parts`() throws {
    let fixture = try TrainingFixture()
    let settings = Self.settings(steps: 3, dropout: 0)
    var limited = try split(fixture, settings)
    let plan = try plan(fixture, limited)
    let parts = plan.batchParts
    #expect(parts > 1)
    #expect(
      plan.summary.contains {
        $0.contains(
          "batches of 16 are computed in \(parts) parts of \(16 / parts) to save memory")
      }, "\(plan.summary)")
    try fixture.train("whole", settings)
    try fixture.train("parts", limited)
    let (whole, halves) = (try fixture.metrics("whole"), try fixture.metrics("parts"))
    #expect(whole.count == 3 && halves.count == 3)
    for (a, b) in zip(whole, halves) {
      #expect(a["images_seen"] == b["images_seen"])
      let (x, y) = (Double(a["loss"] ?? "") ?? 0, Double(b["loss"] ?? "") ?? 1)
      #expect(abs(x - y) < 1e-3 * x, "\(x), \(y)")
    }

    // It is what the settings for it do.
    limited.memory = nil
    (limited.batch, limited.accumulate) = (16 / parts, parts)
    try fixture.train("accumulated", limited)
    for part in try CheckpointFile(opening: fixture.checkpoint("parts", step: 3)).parts() {
      #expect(
        try fixture.tensors("parts", step: 3, part)
          == fixture.tensors("accumulated", step: 3, part), "\(part)")
    }
  }

  @Test func `processes with different limits agree`() async throws {
    let fixture = try TrainingFixture()
    let settings = Self.settings(steps: 2)
    let limited = try split(fixture, settings)
    let all = [settings, limited]
    let ends = await ThreadCommunicator.run(2) { communicator in
      do {
        let plan = try TrainingPlan(
          inputs: [fixture.pictures], run: fixture.run("both"), settings: all[communicator.rank],
          processes: ProcessGroup(communicator))
        _ = try Trainer(plan, run: fixture.run("both")) { _ in }.run()
        return "\(plan.batchParts)"
      } catch {
        return "\(error)"
      }
    }
    #expect(ends[0] == ends[1], "\(ends)")
    #expect(Int(ends[0]) ?? 0 >= 1, "\(ends)")
  }

  @Test func `less than the least is refused, and the least is told`() throws {
    let fixture = try TrainingFixture()
    var settings = Self.settings(steps: 3)
    settings.memory = MemorySize(bytes: 1_000_000)
    let plan = try plan(fixture, settings)
    let error = #expect(throws: MemoryShortage.self) { try plan.checkMemory() }
    let text = try #require(error?.description)
    let pattern =
      #/training on 64 x 64 pixels: needs at least \d+(\.\d)? MB of memory, and `memory` allows 1 MB; allow more, or use .*/#
    #expect(text.wholeMatch(of: pattern) != nil, "\(text)")
    // With so much it works.
    settings.memory = MemorySize(bytes: plan.plannedBytes + 1_000_000)
    let least = try self.plan(fixture, settings)
    try least.checkMemory()
    #expect(least.batchParts > 1)
  }

  @Test(arguments: [8, 64])
  func `the least memory that is said is enough, and less is not`(side: Int) throws {
    let fixture = try TrainingFixture()
    var settings = Self.settings(steps: 2)
    settings.size = ImageSize(width: side, height: side)
    settings.memory = MemorySize(bytes: 1_000_000)
    let least = try plan(fixture, settings).plannedBytes
    settings.memory = MemorySize(bytes: least + 1_000_000)
    try plan(fixture, settings).checkMemory()
    settings.memory = MemorySize(bytes: least / 100 * 98)
    let short = try plan(fixture, settings)
    #expect(throws: MemoryShortage.self) { try short.checkMemory() }
    settings.memory = nil
    #expect(try plan(fixture, settings).plannedBytes >= least)
  }
}
