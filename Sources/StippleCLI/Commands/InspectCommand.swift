import ArgumentParser
import Stipple
import SystemPackage

/// `stipple inspect`
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show what a file that Stipple made says of itself.",
    discussion: """
      Of a checkpoint: step, network, schedule, and every parameter's shape and norm (the square \
      root of the sum of squares). Of noised images and trajectories: axes, timesteps and seed. Of \
      noisy images: the noise and the sources. Of a PNG: how Stipple made it.
      """)

  @Argument(help: "A checkpoint, a run folder, noised images, a trajectory, or a PNG.")
  var file: FilePath

  @Flag(help: "Read everything and compare every checksum.")
  var verify = false

  @Flag(help: "Give one JSON object.")
  var json = false

  func run() throws {
    var damaged = 0
    let inspection = try Inspection(file, verifying: verify) {
      Console.note($0)
      damaged += 1
    }
    if json {
      try Console.result(inspection)
    } else {
      for line in inspection.lines { try Console.result(line) }
    }
    if verify && damaged > 0 { throw ExitCode(3) }
  }
}
