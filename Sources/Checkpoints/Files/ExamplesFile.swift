package import Diffusion
internal import HDF5
package import SystemPackage

/// The examples of one training step on disk.
///
///     attributes   format "stipple-examples", format_version, config (JSON: the network and its
///                  schedule), seed, step (as in metrics.csv: 1 is the first)
///     /x_t   /eps   /x_0 (example, C, H, W)   /source (example)
///     /timesteps   /alpha_bar   /loss_weight (example)
///     /importance (example)   where timesteps are drawn by their losses: the part of loss_weight that
///                             makes up for it
///     /classes (example)      the class labels that the network received
///     /augmentation (example, label)   how the images were changed, as the network was told
///
/// x_t is what the network saw. It was to find eps, x_0 or the velocity sqrt(alpha_bar) eps -
/// sqrt(1 - alpha_bar) x_0, as the objective in config says. A step's loss is the mean over its examples
/// of loss_weight times the mean squared error. Equal examples have equal bytes.
package struct ExamplesFile: Sendable {
  /// The file's path.
  package let path: FilePath
  /// The JSON that the writer left.
  package let config: String
  /// What the noise followed from.
  package let seed: UInt64
  /// Steps made, this one included.
  package let step: Int
  /// (example, C, H, W).
  package let shape: [Int]
  private let root: StoredGroup

  /// Opens a file and makes sure that its datasets fit together.
  ///
  /// - Throws: `file`, `foreign`, `newer`, `otherFormat` or `inconsistent`.
  package init(opening path: FilePath) throws(FileFormatError) {
    let file = try FileFormat.open(path, as: .examples).file
    self.path = path
    (root, config, seed, step, shape) = try FileFormatError.translating { () throws(HDF5Error) in
      let root = try file.root
      let shape = try root.dataset("x_t").shape
      for name in ["eps", "x_0"] { try root.dataset(name).checkShape(shape) }
      if try root.contains("augmentation") {
        try root.dataset("augmentation").checkShape(
          Array(shape.prefix(1)) + [NoisedExamples.augmentationLabels])
      }
      for name in root.names() where !["x_t", "eps", "x_0", "augmentation"].contains(name) {
        try root.dataset(name).checkShape(Array(shape.prefix(1)))
      }
      return (
        root, try root.attribute("config").text(), try root.attribute("seed").unsignedInteger(),
        try root.attribute("step").integer(), shape
      )
    }
    try StoredNumbers.check("step", step, in: StoredNumbers.steps, path.string)
    guard shape.count == 4, !shape.contains(0) else {
      throw .inconsistent(
        path: path.string, cause: "x_t has shape \(HDF5Error.text(shape)), not four axes")
    }
  }

  /// Whether it tells how images were changed.
  package var isAugmented: Bool {
    get throws(FileFormatError) {
      try FileFormatError.translating { () throws(HDF5Error) in try root.contains("augmentation") }
    }
  }

  /// Reads everything.
  package func read() throws(FileFormatError) -> NoisedExamples {
    let examples = try FileFormatError.translating { () throws(HDF5Error) in
      var examples = NoisedExamples(
        xt: try root.dataset("x_t").read(), epsilon: try root.dataset("eps").read(),
        x0: try root.dataset("x_0").read(), timesteps: try root.dataset("timesteps").numbers())
      examples.lossWeights = try root.dataset("loss_weight").read()
      if try root.contains("importance") {
        examples.importance = try root.dataset("importance").read()
      }
      if try root.contains("classes") { examples.classes = try root.dataset("classes").read() }
      if try root.contains("augmentation") {
        examples.augmentation = try root.dataset("augmentation").read()
      }
      examples.sources = try root.dataset("source").texts()
      return examples
    }
    try StoredNumbers.check(
      "/timesteps", all: examples.timesteps, in: StoredNumbers.timesteps, path.string)
    try StoredNumbers.check("/importance", all: examples.importance, in: 0...1e12, path.string)
    return examples
  }

  /// abar of each example, as the file has it.
  package func alphaBar() throws(FileFormatError) -> [Double] {
    try FileFormatError.translating { () throws(HDF5Error) in
      try root.dataset("alpha_bar").read()
    }
  }

  /// Writes a file, which appears when it is whole.
  ///
  /// - Parameters:
  ///   - shape: of one example, (C, H, W).
  ///   - config: the network and its schedule as JSON.
  package static func write(
    _ examples: NoisedExamples, shape: [Int], schedule: NoiseSchedule, config: String, seed: UInt64,
    step: Int, to path: FilePath
  ) throws(FileFormatError) {
    try FileFormatError.translating { () throws(HDF5Error) in
      let file = try File.create(path)
      let root = try file.root
      try FileFormat.examples.mark(root)
      try root.setAttribute("config", config)
      try root.setAttribute("seed", seed)
      try root.setAttribute("step", step)
      let full = [examples.count] + shape
      for (name, values) in [
        ("x_t", examples.xt), ("eps", examples.epsilon), ("x_0", examples.x0),
      ] {
        let dataset = try root.write(name, values, shape: full)
        try dataset.label(axes: ["example", "channel", "row", "column"])
      }
      try root.writeNumbers("timesteps", examples.timesteps)
      try root.write("alpha_bar", examples.timesteps.map { schedule.alphaBar(at: $0) })
      try root.write("loss_weight", examples.lossWeights)
      if !examples.importance.isEmpty { try root.write("importance", examples.importance) }
      if let classes = examples.classes { try root.write("classes", classes) }
      if let labels = examples.augmentation {
        try root.write(
          "augmentation", labels, shape: [examples.count, labels.count / examples.count])
      }
      try root.write("source", examples.sources)
      try file.publish()
    }
  }
}

extension Group {
  /// Adds numbers as integers where all of them are whole, so that they can be used as indices.
  @discardableResult
  func writeNumbers(_ name: String, _ numbers: [Double]) throws(HDF5Error) -> Dataset {
    numbers.allSatisfy { $0 == $0.rounded() }
      ? try write(name, numbers.map { Int($0) }) : try write(name, numbers)
  }
}

extension StoredDataset {
  /// All numbers, whether they are stored as integers or not.
  func numbers() throws(HDF5Error) -> [Double] {
    if case .float = type { return try read() }
    return try read(Int.self).map(Double.init)
  }
}
