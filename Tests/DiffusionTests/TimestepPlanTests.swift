import Diffusion
import Foundation
import Testing

@Suite struct TimestepPlanTests {
  /// Of diffusers 0.42, `DDIMScheduler(num_train_timesteps=T, timestep_spacing=…)`.
  static let table: [(TimestepSpacing, Int, Int, [Double])] = [
    (.leading, 4, 1000, [750, 500, 250, 0]),
    (.leading, 7, 1000, [852, 710, 568, 426, 284, 142, 0]),
    (
      .leading, 16, 1000,
      [930, 868, 806, 744, 682, 620, 558, 496, 434, 372, 310, 248, 186, 124, 62, 0]
    ),
    (.leading, 6, 10, [5, 4, 3, 2, 1, 0]),
    (.leading, 3, 3, [2, 1, 0]),
    (.leading, 1, 1000, [0]),
    (.trailing, 4, 1000, [999, 749, 499, 249]),
    (.trailing, 7, 1000, [999, 856, 713, 570, 428, 285, 142]),
    (
      .trailing, 16, 1000,
      [999, 937, 874, 811, 749, 687, 624, 561, 499, 437, 374, 311, 249, 187, 124, 61]
    ),
    (.trailing, 6, 10, [9, 7, 6, 4, 2, 1]),
    (
      .trailing, 48, 100,
      [
        99, 97, 95, 93, 91, 89, 87, 84, 82, 80, 78, 76, 74, 72, 70, 68, 66, 64, 62, 59, 57, 55, 53,
        51, 49, 47, 45, 43, 41, 39, 37, 34, 32, 30, 28, 26, 24, 22, 20, 18, 16, 14, 12, 9, 7, 5, 3,
        1,
      ]
    ),
    (.trailing, 3, 3, [2, 1, 0]),
    (.trailing, 1, 1000, [999]),
    (.linspace, 4, 1000, [999, 666, 333, 0]),
    (.linspace, 7, 1000, [999, 832, 666, 500, 333, 166, 0]),
    (
      .linspace, 16, 1000,
      [999, 932, 866, 799, 733, 666, 599, 533, 466, 400, 333, 266, 200, 133, 67, 0]
    ),
    (.linspace, 6, 10, [9, 7, 5, 4, 2, 0]),
    (.linspace, 3, 3, [2, 1, 0]),
    (.linspace, 1, 1000, [0]),
  ]

  @Test(arguments: table)
  func `spacings are diffusers'`(
    spacing: TimestepSpacing, steps: Int, total: Int, expected: [Double]
  ) throws {
    let schedule = try NoiseSchedule(.init(timesteps: total))
    #expect(try TimestepPlan(spacing, steps: steps, of: schedule).timesteps == expected)
  }

  /// Of diffusers 0.42, `DPMSolverMultistepScheduler(num_train_timesteps=T, timestep_spacing=…)`.
  static let aboveZero: [(TimestepSpacing, Int, Int, [Double])] = [
    (.leading, 4, 1000, [800, 600, 400, 200]),
    (.leading, 7, 1000, [875, 750, 625, 500, 375, 250, 125]),
    (.leading, 3, 10, [6, 4, 2]),
    (.trailing, 4, 1000, [999, 749, 499, 249]),
    (.linspace, 4, 1000, [999, 749, 500, 250]),
    (.linspace, 7, 1000, [999, 856, 714, 571, 428, 285, 143]),
    (.linspace, 3, 10, [9, 6, 3]),
    (.linspace, 1, 1000, [999]),
  ]

  @Test(arguments: aboveZero)
  func `spacings without timestep 0 are those of diffusers' DPM-Solvers`(
    spacing: TimestepSpacing, steps: Int, total: Int, expected: [Double]
  ) throws {
    let schedule = try NoiseSchedule(.init(timesteps: total))
    let plan = try TimestepPlan(spacing, steps: steps, of: schedule, aboveZero: true)
    #expect(plan.timesteps == expected)
  }

  @Test func `Karras's levels are evenly spaced in the seventh root`() throws {
    let schedule = try NoiseSchedule()
    let plan = try TimestepPlan(.karras, steps: 8, of: schedule)
    #expect(plan.timesteps.first == 999 && plan.timesteps.last == 0)
    let roots = plan.timesteps.map { pow(schedule.noiseLevel(at: $0), 1.0 / 7) }
    for i in 1..<7 { #expect(abs(roots[i - 1] - 2 * roots[i] + roots[i + 1]) < 1e-9) }
  }

  @Test(arguments: TimestepSpacing.allCases)
  func `every number of steps gives so many timesteps of the schedule, falling`(
    spacing: TimestepSpacing
  ) throws {
    for total in [1, 2, 7, 100, 500] {
      let schedule = try NoiseSchedule(.init(timesteps: total))
      for (steps, aboveZero) in (1...total).flatMap({ [($0, false), ($0, true)] }) {
        let plan = try TimestepPlan(spacing, steps: steps, of: schedule, aboveZero: aboveZero)
        #expect(plan.timesteps.count == steps)
        #expect(zip(plan.timesteps, plan.timesteps.dropFirst()).allSatisfy { $0 > $1 })
        #expect(plan.timesteps.allSatisfy { $0 >= 0 && $0 < Double(total) })
        #expect(plan.targets == plan.timesteps.dropFirst() + [-1])
      }
    }
  }

  @Test func `a stride of its own leads each step beside the next timestep`() throws {
    let plan = try TimestepPlan(.linspace, steps: 10, of: NoiseSchedule()).descending(by: 100)
    #expect(Array(plan.timesteps.prefix(3)) == [999, 888, 777])
    #expect(Array(plan.targets.prefix(3)) == [899, 788, 677])
    #expect(plan.targets.last == -1)
  }

  @Test func `a plan from a level starts there and goes on in whole timesteps`() {
    #expect(TimestepPlan(from: 63.5, steps: 4).timesteps == [63.5, 47, 31, 15])
    #expect(TimestepPlan(from: 2.25, steps: 50).timesteps == [2.25, 2, 1, 0])
    #expect(TimestepPlan(from: 0, steps: 50).timesteps == [0])
    #expect(TimestepPlan(from: 63.5, steps: 4).targets == [47, 31, 15, -1])
    for start in [0.5, 12, 99.99, 998.5, 999] {
      let timesteps = TimestepPlan(from: start, steps: 100).timesteps
      #expect(timesteps.first == start)
      #expect(zip(timesteps, timesteps.dropFirst()).allSatisfy { $0 > $1 })
    }
  }
}
