import ArgumentParser
import Stipple
import SystemPackage

/// `stipple compare`
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Measure how far two folders of images are from each other.",
    discussion: """
      A is what is judged, such as generated images, and B what it is judged by, such as those of the \
      training: the sliced Wasserstein distance of patches at every scale, times 1000 (Karras et al. \
      2018); the Frechet distance of the Gaussians that have the pixels' mean and covariance; and for \
      each image of A its nearest in B, beside what is usual among B's own. All distances are 0 for \
      equal folders, and depend on the number of images: compare figures of equal numbers.

      With --features, also or only FID and KID of features that a network of your choice has \
      computed: HDF5 files with a dataset /features (N, D) each. KID is an unbiased estimate: for \
      equal sets it is about 0, and often slightly negative.
      """)

  @Argument(help: ArgumentHelp("Images that are judged.", valueName: "folder-a"))
  var a: FilePath?

  @Argument(help: ArgumentHelp("Images that they are judged by.", valueName: "folder-b"))
  var b: FilePath?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Two HDF5 files of features, A's and B's.", valueName: "a.h5 b.h5"))
  var features: [FilePath] = []

  @Option(help: "Pixels as WIDTHxHEIGHT, or a number for a square. (default: the size of all of B)")
  var size: ImageSize?

  @Option(help: "How images of another size are made to fit: crop, resize or pad.")
  var fit = TrainingSettings.Fit.crop

  @Option(help: "A picture of A's images, each beside its nearest in B, the nearest 64 pairs.")
  var pairs: FilePath?

  @Option(help: "Each image's nearest, as CSV.")
  var neighbours: FilePath?

  @Option(help: "Also the figures, as CSV.")
  var csv: FilePath?

  @Option(help: "What patches, directions and subsets follow from.")
  var seed: UInt64 = 0

  @OptionGroup var writing: OverwriteOption

  @Flag(help: "Stop at an image that cannot be read, instead of leaving it out.")
  var strict = false

  @Flag(help: "Only say what would be done.")
  var dryRun = false

  @OptionGroup var limit: SizeLimitOption

  @Flag(help: "Give the outcome as one JSON object on standard output.")
  var json = false

  func validate() throws {
    try check(size)
    if !features.isEmpty && features.count != 2 {
      throw ValidationError("--features: takes two files, not \(features.count)")
    }
    if a == nil && features.isEmpty {
      throw ValidationError(
        "Missing expected argument '<folder-a>': give two folders, --features A.h5 B.h5, or both")
    }
    if a != nil && b == nil { throw ValidationError("Missing expected argument '<folder-b>'") }
    if a == nil {
      for (name, path) in [("pairs", pairs), ("neighbours", neighbours)] where path != nil {
        throw ValidationError("--\(name): needs two folders of images")
      }
    }
  }

  private func checkOutputs() throws {
    var gate = OutputGate(
      overwriting: writing.overwrite, images: [a, b], others: features)
    gate.add("--pairs", pairs, .picture(by: "compare"))
    gate.add("--neighbours", neighbours, .neighbors)
    gate.add("--csv", csv, .figures)
    try gate.check()
  }

  func run() throws {
    try checkOutputs()
    var job: ComparisonJob?
    if let a, let b {
      var images = ComparisonJob(a, b)
      images.size = size
      images.fit = fit
      images.seed = seed
      images.pairs = pairs
      images.overwrites = writing.overwrite
      images.isStrict = strict
      job = images
    }
    if dryRun { return try tellPlan(job) }
    Interrupts.listen()
    var images: Comparison?
    if let job {
      images = try compare(job)
      // Only an interruption leaves it without a result.
      if images == nil { return try Interrupts.exitIfRequested() }
    }
    var compared: FeatureComparison?
    if features.count == 2 {
      let progress = ProgressByStage()
      compared = try FeatureComparison(features[0], features[1], seed: seed) {
        progress.update("subsets of features", $0, $1)
      }
      progress.clear()
      Console.note(
        "\(compared?.countA ?? 0) and \(compared?.countB ?? 0) rows of features compared")
    }
    let report = ComparisonReport(images: images, features: compared)
    if let neighbours {
      try images?.writeNeighbours(to: neighbours)
      Console.note("each image's nearest is in \(neighbours)")
    }
    if let pairs { Console.note("the nearest pairs are in \(pairs)") }
    if let csv {
      try report.write(to: csv)
      Console.note("the figures are in \(csv)")
    }
    if json {
      try Console.result(report)
    } else {
      for line in report.lines { try Console.result(line) }
    }
    try Interrupts.exitIfRequested()
    if let images, !images.failures.isEmpty { throw ExitCode(3) }
  }

  private func compare(_ job: ComparisonJob) throws -> Comparison? {
    let progress = ProgressByStage()
    let comparison = try job.run(
      progress: progress.update, report: progress.note,
      shouldStop: { Interrupts.isRequested })
    progress.clear()
    if let comparison {
      Console.note(
        "\(counted(comparison.imagesA, "image")) compared with \(comparison.imagesB), at "
          + "\(comparison.width) x \(comparison.height)"
          + (comparison.failures.isEmpty ? "" : "; \(comparison.failures.count) left out"))
    }
    return comparison
  }

  private func tellPlan(_ job: ComparisonJob?) throws {
    guard let plan = try job?.plan(report: Console.note) else {
      return Console.note("the features in \(features[0]) and \(features[1]) to compare")
    }
    Console.note(
      "\(counted(plan.imagesA, "image")) to compare with \(plan.imagesB), at \(plan.width) x \(plan.height); "
        + "about \(max(1, plan.bytes / 1_000_000)) MB of memory")
    if json { try Console.result(plan) }
  }
}
