package import Diffusion
package import Graph
internal import HDF5
package import SystemPackage

/// A checkpoint on disk: one HDF5 file that describes itself.
///
///     attributes   format "stipple-checkpoint", format_version, creator, created, config (JSON),
///                  step, images_seen, threads, cpu, onednn_version, card (in a model file)
///     /model/<parameter>   /ema/<parameter>
///     /optimizer/first_moment/<parameter>   /optimizer/second_moment/<parameter>
///     /power_ema/0.05/<parameter>   /power_ema/0.10/<parameter>   (with --snapshot-every)
///     /history/step   /history/loss …
///     /timestep_losses/losses   /timestep_losses/counts   where timesteps are drawn by their losses
///
/// A snapshot of averages is such a file with `/power_ema` alone, and the format "stipple-averages". A model
/// file is one with `/ema` or `/model` alone, for use and not for training on.
/// Tensors are float32, row-major, with PyTorch's axes; every bit comes back as it was. In a model file they are
/// float16 unless asked for otherwise, packed by shuffle and deflate, and widened when they are read.
package struct CheckpointFile: Sendable {
  /// A set of tensors of the parameters' names and shapes.
  package enum Part: String, CaseIterable, Sendable {
    case model
    /// The running average of the weights.
    case average = "ema"
    case firstMoment = "optimizer/first_moment"
    case secondMoment = "optimizer/second_moment"
    /// The power-function averages of lengths 0.05 and 0.10.
    case shortAverage = "power_ema/0.05"
    case longAverage = "power_ema/0.10"
  }

  /// The file's path.
  package let path: FilePath
  package let header: CheckpointHeader
  private let root: StoredGroup

  /// Opens a checkpoint, or an EMA snapshot, and reads its header.
  ///
  /// - Throws: `file`, `foreign`, `newer` or `otherFormat`.
  package init(
    opening path: FilePath, as format: FileFormat = .checkpoint
  ) throws(FileFormatError) {
    let file = try FileFormat.open(path, as: format).file
    self.path = path
    (root, header) = try FileFormatError.translating { () throws(HDF5Error) in
      let root = try file.root
      return (root, try CheckpointHeader(reading: root))
    }
    try StoredNumbers.check("step", header.step, in: StoredNumbers.steps, path.string)
    try StoredNumbers.check(
      "images_seen", header.imagesSeen, in: StoredNumbers.images, path.string)
    try StoredNumbers.check("threads", header.threads, in: 0...1_000_000, path.string)
  }

  /// The parts that the file has.
  package func parts() throws(FileFormatError) -> [Part] {
    try FileFormatError.translating { () throws(HDF5Error) in
      var found: [Part] = []
      for part in Part.allCases where try root.contains(part.rawValue) { found.append(part) }
      return found
    }
  }

  /// The names and shapes of a part's tensors, sorted by name.
  package func parameters(
    _ part: Part
  ) throws(FileFormatError) -> [(name: String, shape: [Int])] {
    try datasets(part).map { ($0.name, $0.dataset.shape) }
  }

  /// What a part takes in the file's terms: the bytes of its elements before they are packed, and their type.
  package func elements(_ part: Part) throws(FileFormatError) -> (bytes: Int, name: String) {
    let found = try datasets(part).map(\.dataset)
    let names = Set(found.map(\.type.name)).sorted()
    return (
      found.reduce(0) { $0 + $1.count * $1.type.byteCount }, names.joined(separator: ", ")
    )
  }

  /// Fills `tensors` with a part of the file, whose names and shapes must be exactly theirs.
  ///
  /// Nothing is read before all of them have been compared.
  ///
  /// - Throws: `missingPart`, `parameterShape`, `missingParameters`, `surplusParameters`, or
  ///   `file` where a checksum does not match; then some tensors may have been filled.
  package func read(_ part: Part, into tensors: [NamedTensor]) throws(FileFormatError) {
    let found = Dictionary(uniqueKeysWithValues: try datasets(part))
    try check(found.mapValues(\.shape), are: tensors.map { ($0.name, $0.shape) })
    for tensor in tensors {
      try FileFormatError.translating { () throws(HDF5Error) in
        guard let dataset = found[tensor.name] else { return }
        try tensor.write { values throws(HDF5Error) in try dataset.read(into: values) }
      }
    }
  }

  /// What was measured along the training; empty where the file has no history.
  package func history() throws(FileFormatError) -> TrainingHistory {
    let history = try FileFormatError.translating { () throws(HDF5Error) in
      guard try root.contains("history") else { return TrainingHistory() }
      return try TrainingHistory(reading: root.group("history"))
    }
    try StoredNumbers.check(
      "/history/step", all: history.steps, in: StoredNumbers.steps, path.string)
    return history
  }

  /// The losses that timesteps are drawn by; nil where the file has none.
  package func moments() throws(FileFormatError) -> LossSecondMoments? {
    let read = try FileFormatError.translating { () throws(HDF5Error) -> ([Double], [Int])? in
      guard try root.contains("timestep_losses") else { return nil }
      let group = try root.group("timestep_losses")
      return (try group.dataset("losses").read(), try group.dataset("counts").read())
    }
    guard let read else { return nil }
    guard let moments = LossSecondMoments(losses: read.0, counts: read.1) else {
      throw .inconsistent(path: path.string, cause: "/timestep_losses has other sizes than it can")
    }
    return moments
  }

  /// Makes sure that a part has exactly the parameters declared.
  package func check(_ part: Part, against declarations: [Parameter]) throws(FileFormatError) {
    try check(
      Dictionary(uniqueKeysWithValues: try parameters(part).map { ($0.name, $0.shape) }),
      are: declarations.map { ($0.name, $0.shape) })
  }

  private func check(
    _ found: [String: [Int]], are expected: [(name: String, shape: [Int])]
  ) throws(FileFormatError) {
    for (name, shape) in expected {
      guard let other = found[name], other != shape else { continue }
      throw .parameterShape(path: path.string, name: name, found: other, expected: shape)
    }
    let missing = expected.map(\.name).filter { found[$0] == nil }
    if !missing.isEmpty { throw .missingParameters(path: path.string, names: missing) }
    let surplus = Set(found.keys).subtracting(expected.map(\.name)).sorted()
    if !surplus.isEmpty { throw .surplusParameters(path: path.string, names: surplus) }
  }

  private func datasets(
    _ part: Part
  ) throws(FileFormatError) -> [(name: String, dataset: StoredDataset)] {
    guard
      try FileFormatError.translating({ () throws(HDF5Error) in
        try root.contains(part.rawValue)
      })
    else {
      throw .missingPart(path: path.string, name: part.rawValue)
    }
    return try FileFormatError.translating { () throws(HDF5Error) in
      try root.group(part.rawValue).allDatasets()
    }
  }
}

extension CheckpointFile {
  /// Writes a checkpoint, which appears at `path` only when it is whole and on the disk.
  ///
  /// - Parameters:
  ///   - type: what the tensors' elements become.
  ///   - isPacked: whether tensors are packed by shuffle and deflate.
  ///   - replacing: whether a file that is there is replaced.
  /// - Throws: `file` with the system's cause, or `exists`; then `path` is as it was before.
  package static func write(
    to path: FilePath, _ header: CheckpointHeader,
    parts: [(part: Part, tensors: [NamedTensor])], history: TrainingHistory,
    moments: LossSecondMoments? = nil, as format: FileFormat = .checkpoint,
    elements type: WeightType = .float32, isPacked: Bool = false, replacing: Bool = true
  ) throws(FileFormatError) {
    try FileFormatError.translating { () throws(HDF5Error) in
      let file = try File.create(path)
      let root = try file.root
      try format.mark(root)
      try header.write(to: root)
      for (part, tensors) in parts {
        let group = try root.createGroups(part.rawValue)
        for tensor in tensors {
          try tensor.read { values throws(HDF5Error) in
            _ = try group.write(
              tensor.name, values, shape: tensor.shape, as: type.element, isPacked: isPacked)
          }
        }
      }
      try history.write(to: root.createGroup("history"))
      if let moments {
        let group = try root.createGroups("timestep_losses")
        try group.write(
          "losses", moments.losses, shape: [moments.counts.count, LossSecondMoments.memory])
        try group.write("counts", moments.counts)
      }
      try file.publish(replacing: replacing)
    }
  }
}
