import Stipple
import SystemPackage

/// Trains on a folder of PNGs and draws 16 new ones.
func learn(from pictures: FilePath, in folder: FilePath, steps: Int) throws {
  var settings = TrainingSettings()
  settings.preset = "tiny"
  settings.steps = steps
  let run = RunFolder(folder.appending("run"))
  let plan = try TrainingPlan(inputs: [pictures], run: run, settings: settings)
  let outcome = try Trainer(plan, run: run) { _ in }.run()
  print("\(outcome.step) steps in \(outcome.seconds) s")
  let generator = try Generator(DiffusionModel(run.path), GenerationSettings())
  _ = try GenerationJob(output: folder.appending("new"), count: 16).run(generator)
}
