// Trains a small diffusion model on a folder of PNG images and generates 16 new ones.
//
//     swift run -c release TrainAndGenerate IMAGES RUN OUTPUT [STEPS]
//
// The same command again continues where it stopped.

import Foundation
import Stipple
import SystemPackage

let arguments = CommandLine.arguments.dropFirst().map { FilePath($0) }
guard arguments.count >= 3 else {
  print("usage: TrainAndGenerate IMAGES RUN OUTPUT [STEPS]")
  exit(64)
}
let (images, run, output) = (arguments[0], RunFolder(arguments[1]), arguments[2])

// What is not said here has the defaults of `stipple train`; the names are the same.
var settings = TrainingSettings(preset: "tiny")
settings.steps = arguments.count > 3 ? Int(arguments[3].string) : 2000
settings.sampleEvery = 0

// The plan looks at all images, and fails before any work where something does not fit.
let plan = try TrainingPlan(inputs: [images], run: run, settings: settings)
for line in plan.summary { print(line) }

let trainer = Trainer(plan, run: run) { event in
  if case .note(let text) = event { print(text) }
}
let outcome = try trainer.run()
print("trained \(outcome.step) steps in \(outcome.seconds) s")
