import Diffusion
import HDF5
import TestSupport
import Testing

/// Every group of `schedules.h5`: a kind of schedule and, unless it is 1000, the number of timesteps.
@Suite struct GoldenScheduleTests {
  static let cases: [String] =
    (try? File.open(GoldenFolder.file("schedules.h5")).root.names()) ?? []

  /// `scaled_linear_100`: the kind and the number of timesteps.
  private func configuration(_ name: String) throws -> NoiseSchedule.Configuration {
    var words = name.split(separator: "_").map(String.init)
    var timesteps = 1000
    if let count = words.last.flatMap({ Int($0) }) {
      timesteps = count
      words.removeLast()
    }
    let kind = try #require(NoiseSchedule.Kind(rawValue: words.joined(separator: "-")))
    return .init(kind: kind, timesteps: timesteps)
  }

  @Test func `there are golden schedules`() {
    #expect(!Self.cases.isEmpty)
  }

  @Test(arguments: cases)
  func `schedules agree with the golden values to 1e-9`(name: String) throws {
    let schedule = try NoiseSchedule(configuration(name))
    let group = try File.open(GoldenFolder.file("schedules.h5")).root.group(name)
    let posteriors = (0..<schedule.timesteps).map(schedule.posterior)
    let computed = [
      ("beta", schedule.beta),
      ("alpha_bar", schedule.alphaBar),
      ("posterior_variance", posteriors.map(\.variance)),
      ("posterior_mean_coef_x0", posteriors.map(\.x0)),
      ("posterior_mean_coef_xt", posteriors.map(\.xt)),
      ("snr", (0..<schedule.timesteps).map(schedule.signalToNoise)),
    ]
    for (dataset, values) in computed {
      let expected = try group.dataset(dataset).read(Double.self)
      #expect(values.count == expected.count)
      for (value, reference) in zip(values, expected) {
        // The signal-to-noise ratio runs to 10,000: to 1e-9 of itself where it is above 1.
        #expect(abs(value - reference) <= 1e-9 * max(1, abs(reference)), "\(dataset)")
      }
    }
  }
}
