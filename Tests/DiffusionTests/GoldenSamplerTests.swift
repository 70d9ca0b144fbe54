import Diffusion
import HDF5
import TestSupport
import Testing

/// Every group of `samplers.h5`: the sampler and its settings are in its name.
@Suite struct GoldenSamplerTests {
  static let cases: [String] =
    ((try? File.open(GoldenFolder.file("samplers.h5")).root.names()) ?? [])
    .filter { $0.contains("_") && !["ddpm_noise", "x_T"].contains($0) }

  let root: StoredGroup
  let data: GaussianData
  let schedule: NoiseSchedule
  let clips: Bool

  init() throws {
    root = try File.open(GoldenFolder.file("samplers.h5")).root
    data = GaussianData(
      mean: try root.attribute("data_mean").double(),
      deviation: try root.attribute("data_std").double())
    // "linear 1e-4 to 0.02, T=1000; clip_sample off"
    let text = try root.attribute("schedule").text()
    let words = text.split { ", ;=".contains($0) }.map(String.init)
    schedule = try NoiseSchedule(
      .init(
        kind: try #require(NoiseSchedule.Kind(diffusersName: words[0])),
        timesteps: try #require(Int(words[5])), betaStart: try #require(Double(words[1])),
        betaEnd: try #require(Double(words[3]))))
    clips = words.last != "off"
  }

  /// `ddim_50_leading`, with `_eta0.5` where there is noise; `ddpm_beta_tilde`, with `_100_trailing`
  /// or the like where only some timesteps are visited; `dpmsolver++_2m_12_karras`, without the
  /// spacing where it is linspace; likewise `unipc_2_…`, `euler_…`, `euler-ancestral_…`, `heun_…`.
  private func sampler(_ name: String) throws -> SamplingTable {
    var words = name.split(separator: "_").map(String.init)
    let family = words.removeFirst()
    let steps = words.compactMap { Int($0) }.last
    let spacing = words.compactMap(TimestepSpacing.init(rawValue:)).first
    if family == "ddim" {
      let eta = words.first { $0.hasPrefix("eta") }.flatMap { Double($0.dropFirst(3)) } ?? 0
      let count = try #require(steps)
      let plan = try TimestepPlan(#require(spacing), steps: count, of: schedule)
        .descending(by: schedule.timesteps / count)
      return try Sampler.ddim.table(schedule, plan, .init(eta: eta))
    }
    if family == "ddpm" {
      let plan = try steps.map {
        try TimestepPlan(spacing ?? .leading, steps: $0, of: schedule)
      }
      return try Sampler.ddpm.table(
        schedule, plan ?? TimestepPlan(all: schedule.timesteps),
        .init(variance: words.contains("tilde") ? .betaTilde : .beta))
    }
    let names = ["dpmsolver++": "dpm++\(words[0])"]
    let sampler = try #require(Sampler(rawValue: names[family] ?? family))
    return try sampler.table(
      schedule,
      sampler.plan(spacing ?? .linspace, steps: #require(steps), of: schedule))
  }

  @Test(arguments: [
    "ddim_", "ddpm_", "dpmsolver++_2m_", "dpmsolver++_2s_", "dpmsolver++_2m-sde_", "unipc_",
    "euler_", "euler-ancestral_", "heun_",
  ])
  func `there are golden samplers of each kind`(prefix: String) {
    #expect(Self.cases.contains { $0.hasPrefix(prefix) })
  }

  @Test(arguments: cases)
  func `samplers agree with the golden images to 1e-4`(name: String) throws {
    let sampler = try sampler(name)
    let group = try root.group(name)
    if try group.contains("timesteps") {
      #expect(try sampler.timesteps == group.dataset("timesteps").read(Double.self))
    }
    let start = try root.dataset("x_T").read(Double.self).map { Float($0) }
    let noise = try root.dataset("ddpm_noise").read(Float.self)

    let images = sample(
      sampler, from: start, threshold: clips ? .clip : .none,
      network: { x, t in data.epsilon(x, alphaBar: schedule.alphaBar(at: t)) },
      noise: { key, z in
        z = Array(noise[(key.timestep * z.count)..<((key.timestep + 1) * z.count)])
      })

    let expected = try group.dataset("x_0").read(Double.self)
    #expect(images.count == expected.count)
    for (value, reference) in zip(images, expected) {
      #expect(abs(Double(value) - reference) < 1e-4)
    }
  }
}
