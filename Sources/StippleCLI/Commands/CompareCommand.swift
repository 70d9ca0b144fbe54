import ArgumentParser
import Stipple
import SystemPackage

/// `stipple compare`
struct CompareCommand: ParsableCommand, SharingCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Distances of image folders (SWD, Frechet) or features (FID, KID).",
    usage: "stipple compare FOLDER-A FOLDER-B [options]",
    discussion: """
      METRICS
        SWD x 1000     Sliced Wasserstein distance by scale (Karras et al. 2018)
        Frechet        Frechet distance of pixel mean and covariance
        Neighbors      Distance of each image of A to its nearest neighbor in B
        Precision      Share of A in the balls of B (Kynkaanniemi et al. 2019, k = 3)
        Recall         Share of B in the balls of A (the same)
        Coverage       Share of balls of B with an image of A (Naeem et al. 2020,
                       k = 5)
        Density        Mean number of balls of B around an image of A, divided by k
        FID, KID       Of features of your own network, with --features; precision,
                       recall, coverage and density too

      The ball of an image reaches to its k-th nearest other image of the same set,
      by pixels or features.

      A is the set to judge, such as generated images; B is the reference, such as the
      training images. For equal sets distances are 0, and precision, recall and
      coverage 1. All depend on the number of images: compare equal numbers. KID is
      unbiased and can be slightly negative.
      """)

  @Argument(help: .text("Images to judge.", "FOLDER-A"))
  var a: FilePath?

  @Argument(help: .text("Reference images.", "FOLDER-B"))
  var b: FilePath?

  @OptionGroup(title: "Comparison") var comparison: ComparisonOptions
  @OptionGroup(title: "Run") var execution: RunOptions
  @OptionGroup(title: "Output") var files: FileOptions
  @OptionGroup(title: "Output") var page: ReportOption
  @OptionGroup(title: "Output") var output: OutputOptions
  @OptionGroup(title: "Advanced") var reading: ReadingOptions
  @OptionGroup(title: "Advanced") var sharing: ProcessesOption

  /// What is compared.
  struct ComparisonOptions: ParsableArguments {
    @Option(
      help: .text("Image size.", "WxH", default: "size of the images of B"))
    var size: ImageSize?

    @Option(
      help: .text(
        "How to fit other image sizes.", "MODE", choices: Fit.fixed))
    var fit = Fit.crop

    @Option(
      parsing: .upToNextOption,
      help: .text(
        "HDF5 files with features of A and B (dataset features, N x D), for FID and KID.", "A B"))
    var features: [FilePath] = []
  }

  /// How the program runs.
  struct RunOptions: ParsableArguments {
    @Option(help: .text("Random seed.", "N"))
    var seed: UInt64 = 0

    @OptionGroup var trial: DryRunOption
  }

  /// What is written.
  struct FileOptions: ParsableArguments {
    @Option(help: .text("Write the metrics as CSV.", "FILE"))
    var csv: FilePath?

    @Option(
      name: [.customLong("neighbors"), .customLong("neighbours")],
      help: .text("Write the nearest neighbor of each image as CSV.", "FILE"))
    var neighbors: FilePath?

    @Option(help: .text("Write a PNG of the 64 nearest pairs, A beside B.", "FILE"))
    var pairs: FilePath?
  }

  func validate() throws {
    try check(comparison.size)
    let features = comparison.features
    if !features.isEmpty && features.count != 2 {
      throw ValidationError("--features: takes two files, got \(features.count)")
    }
    if a == nil && features.isEmpty {
      throw ValidationError(
        "Missing expected argument 'FOLDER-A': give two folders, --features A.h5 B.h5, or both")
    }
    if a != nil && b == nil { throw ValidationError("Missing expected argument 'FOLDER-B'") }
    if a == nil {
      let ofImages = [
        ("pairs", files.pairs != nil), ("neighbors", files.neighbors != nil),
        ("size", comparison.size != nil), ("fit", comparison.fit != .crop),
        ("max-pixels", reading.maxPixels != nil), ("strict", reading.strict),
      ]
      for (name, isGiven) in ofImages where isGiven {
        throw ValidationError("--\(name): needs two folders of images")
      }
    }
  }

  private func checkOutputs() throws {
    var gate = OutputGate(
      overwriting: output.overwrite, images: [a, b], others: comparison.features)
    gate.add("--pairs", files.pairs, .picture(by: "compare"))
    gate.add("--neighbors", files.neighbors, .neighbors)
    gate.add("--csv", files.csv, .figures)
    gate.add("--report", page.report, .page)
    try gate.check()
  }

  func run() throws { try sharing.run(compare) }

  private func compare(_ processes: ProcessGroup) throws {
    try processes.first(checkOutputs)
    var job: ComparisonJob?
    if let a, let b {
      var images = ComparisonJob(a, b)
      images.size = comparison.size
      images.fit = comparison.fit
      images.seed = execution.seed
      images.pairs = files.pairs
      images.overwrites = output.overwrite
      images.isStrict = reading.strict
      images.maxPixels = reading.maxPixels
      job = images
    }
    if execution.trial.dryRun { return try processes.first { try tellPlan(job) } }
    var images: Comparison?
    if let job {
      images = try job.run((), by: processes)
      // Only an interruption leaves it without a result.
      if images == nil {
        Console.note("stopped before all images were compared; nothing is written")
        return try Interrupts.exitIfRequested(by: processes)
      }
    }
    try processes.first { try tell(images) }
    try Interrupts.exitIfRequested(by: processes)
    if let images, !images.failures.isEmpty { throw ExitCode(3) }
  }

  /// Compares features, which are few, and tells of all results.
  private func tell(_ images: Comparison?) throws {
    if let images {
      Console.note(
        "\(counted(images.imagesA, "image")) compared with \(images.imagesB), at "
          + "\(images.width) x \(images.height)"
          + (images.failures.isEmpty ? "" : "; \(images.failures.count) failed"))
    }
    Interrupts.listen()
    var compared: FeatureComparison?
    let features = comparison.features
    if features.count == 2 {
      let progress = ProgressByStage()
      compared = try FeatureComparison(
        features[0], features[1], seed: execution.seed,
        progress: { progress.update($0, $1, $2) }, shouldStop: { Interrupts.isRequested })
      progress.clear()
      Console.note(
        "\(compared?.countA ?? 0) and \(compared?.countB ?? 0) rows of features compared")
      for note in compared?.precisionRecall?.notes ?? [] { Console.note("features: \(note)") }
    }
    let report = ComparisonReport(images: images, features: compared)
    if let neighbors = files.neighbors {
      try images?.writeNeighbors(to: neighbors)
      Console.note("nearest neighbors: \(neighbors)")
    }
    if let pairs = files.pairs { Console.note("nearest pairs: \(pairs)") }
    if let path = page.report {
      try report.writePage(of: a, and: b, to: path)
      page.tell()
    }
    if let csv = files.csv {
      try report.write(to: csv)
      Console.note("metrics: \(csv)")
    }
    if output.json {
      try Console.result(report)
    } else {
      for line in report.lines { try Console.result(line) }
    }
  }

  private func tellPlan(_ job: ComparisonJob?) throws {
    guard let plan = try job?.plan(report: Console.note) else {
      Console.note(
        "the features in \(comparison.features[0]) and \(comparison.features[1]) to compare")
      if output.json { try Console.result(Planned(nil)) }
      return
    }
    Console.note(
      "\(counted(plan.imagesA, "image")) to compare with \(plan.imagesB), at \(plan.width) x \(plan.height); "
        + "about \(max(1, plan.bytes / 1_000_000)) MB of memory")
    if output.json { try Console.result(Planned(plan)) }
  }

  /// What a comparison of images would be; nothing of one of features.
  private struct Planned: Encodable {
    struct Images: Encodable { let a, b: Int }
    struct Size: Encodable { let width, height, channels: Int }
    struct Memory: Encodable { let plannedMegabytes: Int }

    let images: Images?
    let compare: Size?
    let memory: Memory?

    init(_ plan: ComparisonJob.Plan?) {
      images = plan.map { .init(a: $0.imagesA, b: $0.imagesB) }
      compare = plan.map { .init(width: $0.width, height: $0.height, channels: $0.channels) }
      memory = plan.map { .init(plannedMegabytes: $0.bytes / 1_000_000) }
    }
  }
}
