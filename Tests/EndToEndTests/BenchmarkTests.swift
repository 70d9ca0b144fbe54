import TestSupport
import Testing

/// `stipple benchmark` from the outside.
@Suite struct BenchmarkTests {
  @Test(arguments: [
    ("train", "train.images_per_second"), ("sample", "sample.images_per_second"),
    ("png", "png.decode_images_per_second"),
  ])
  func `a part's speed is one JSON object`(_ part: String, _ key: String) async throws {
    let run = try await ProgramRun([
      "benchmark", "--preset", "tiny", "--batch", "2", "--size", "16", "--seconds", "0.2", "--only",
      part, "--json",
    ])
    #expect(run.status == 0, "\(run)")
    let figures = try decode([String: Double].self, run)
    #expect(figures[key] ?? 0 > 0, "\(run)")
    #expect(figures.keys.allSatisfy { $0.hasPrefix(part + ".") || $0 == "peak_megabytes" })
  }
}
