internal import Checkpoints
internal import Diffusion
internal import Files
import Foundation
internal import SystemPackage
internal import Text

/// Examples that were noised before, to be trained on in their order, again from the first after the
/// last.
///
/// Of a run's recording the order is that of the training; of a file of noisy samples it is the images'
/// and, of each image, the steps'.
struct StoredExamples: Sendable {
  enum Source: Sendable {
    /// Files of a step each, in order.
    case recording([FilePath])
    case noised(StepTensorsFile)
  }

  /// The file or folder as it was given.
  let path: FilePath
  /// How many examples there are.
  private(set) var count: Int
  let channels, width, height: Int
  let schedule: NoiseSchedule.Configuration
  /// What the network predicted that they were recorded of, or what belongs to the schedule.
  let objective: Objective
  /// The names of the classes; nil without classes.
  let classNames: [String]?
  /// What the network that they are for takes; nil where none is in sight.
  var demands: Demands?
  let source: Source
  /// Examples of a file.
  private let perFile: Int
  /// Images of a file of noisy samples that are trained on, by their numbers in it.
  private var images: [Int] = []
  /// The file that was read last.
  private var current: (file: Int, examples: NoisedExamples)?
  /// The clean image that was read last.
  private var image: (index: Int, x0: [Float])?

  /// Opens a file of noisy samples with its noise, a step's file of a recording, or a folder of
  /// those: a run's, or the `noised` in it.
  ///
  /// - Throws: `TrainingError.noised` where it cannot be trained on; `FileFormatError`.
  init(opening path: FilePath) throws {
    self.path = path
    let files = try Self.recording(path)
    let config: String
    if let first = files.first {
      let file = try ExamplesFile(opening: first)
      source = .recording(files)
      perFile = file.shape[0]
      count = files.count * perFile
      (channels, height, width) = (file.shape[1], file.shape[2], file.shape[3])
      config = file.config
    } else if Folders.isFolder(path) {
      throw TrainingError.noised(
        path,
        cause:
          "there are no recorded batches in this folder; record them with train `record-batches`")
    } else {
      let file = try StepTensorsFile(opening: path)
      let layout = file.layout
      source = .noised(file)
      perFile = layout.images * layout.steps
      count = perFile
      images = Array(0..<layout.images)
      (channels, height, width) = (layout.channels, layout.height, layout.width)
      config = file.config
      if let cause = Self.obstacle(file) { throw TrainingError.noised(path, cause: cause) }
    }
    let noised = try? JSONDecoder().decode(NoisedConfiguration.self, from: Data(config.utf8))
    guard let schedule = noised?.schedule ?? noised?.model?.schedule else {
      throw FileFormatError.inconsistent(
        path: path.string, cause: "its attribute config has no schedule")
    }
    do {
      try schedule.validate()
    } catch {
      throw FileFormatError.inconsistent(path: path.string, cause: "\(error)")
    }
    self.schedule = schedule
    classNames = noised?.model?.classNames
    objective =
      noised?.model?.objective
      ?? (schedule.kind == .flow ? .flow : schedule.kind == .edm ? .edm : .epsilon)
  }

  /// What a noised file or a recording says in its attribute `config`.
  private struct NoisedConfiguration: Decodable {
    let schedule: NoiseSchedule.Configuration?
    let model: ModelConfiguration?
  }

  /// Leaves out what a file of noisy samples has of some images; recordings are of what their run trained on.
  ///
  /// - Throws: `TrainingError.noised` where nothing would be left.
  mutating func leaveOut(_ names: [String]) throws {
    guard case .noised(let file) = source else { return }
    let names = Set(names)
    images = images.filter { !names.contains(file.sources[$0]) }
    count = images.count * file.layout.steps
    if images.isEmpty {
      throw TrainingError.noised(
        path, cause: "its images are the validation images; give no images, or more than those")
    }
  }

  /// Whether the network that the examples were made for was told how images were changed.
  var isAugmented: Bool {
    get throws {
      guard case .recording(let files) = source, let first = files.first else { return false }
      return try ExamplesFile(opening: first).isAugmented
    }
  }

  /// The steps' files at `path`, in order; none where it is something else.
  private static func recording(_ path: FilePath) throws -> [FilePath] {
    guard Folders.isFolder(path) else {
      let format = try? FileFormat.open(path).format
      return format == .examples ? [path] : []
    }
    for folder in [RunFolder(path).recordings, path] {
      let steps = try RunFolder.steps(in: folder)
      if !steps.isEmpty { return steps.map { folder.appending(RunFolder.name($0)) } }
    }
    return []
  }

  /// Why a file of step tensors cannot be trained on; nil where it can.
  private static func obstacle(_ file: StepTensorsFile) -> String? {
    if file.format == .trajectory {
      return "it is a sampling trajectory, not noisy samples"
    }
    if file.layout.images == 0 || file.layout.steps == 0 { return "it has no images" }
    if file.layout.element == .pixel {
      return
        "its samples are clipped to 8 bits; export them with stipple noise `type` f32"
    }
    if !file.hasSecond {
      return "it has no /eps; export it with stipple noise `with-noise`"
    }
    return nil
  }

  /// The examples at `positions` of the endless order.
  mutating func examples(at positions: Range<Int>) throws -> NoisedExamples {
    var examples: NoisedExamples?
    var position = positions.lowerBound
    while position < positions.upperBound {
      let place = position % count
      let end = min(
        place + positions.upperBound - position, (place / perFile + 1) * perFile, count)
      let part =
        switch source {
        case .recording(let files): try read(files, place..<end)
        case .noised(let file): try read(file, place..<end)
        }
      examples?.append(part)
      examples = examples ?? part
      position += end - place
    }
    guard let examples else { preconditionFailure("a batch of no examples") }
    return examples
  }

  private mutating func read(_ files: [FilePath], _ places: Range<Int>) throws -> NoisedExamples {
    let index = places.lowerBound / perFile
    if current?.file != index {
      let file = try ExamplesFile(opening: files[index])
      let expected = [perFile, channels, height, width]
      guard file.shape == expected else {
        throw TrainingError.noised(
          files[index],
          cause: "its x_t has shape \(Readable.shape(file.shape)), and those before it "
            + Readable.shape(expected))
      }
      let examples = try file.read()
      try check(
        files[index], timesteps: examples.timesteps, alphaBar: file.alphaBar(),
        classes: examples.classes, isAugmented: examples.augmentation != nil)
      current = (index, examples)
    }
    guard let current else { preconditionFailure("a file is read before it is used") }
    let first = index * perFile
    return current.examples[(places.lowerBound - first)..<(places.upperBound - first)]
  }

  private mutating func read(
    _ file: StepTensorsFile, _ places: Range<Int>
  ) throws -> NoisedExamples {
    var examples = NoisedExamples(xt: [], epsilon: [], x0: [], timesteps: [])
    for place in places {
      let (index, step) = (images[place / file.layout.steps], place % file.layout.steps)
      if image?.index != index { image = (index, try file.x0(image: index)) }
      examples.xt += try file.xt(image: index, step: step)
      examples.epsilon += try file.second(image: index, step: step) ?? []
      examples.x0 += image?.x0 ?? []
      examples.timesteps.append(file.layout.timesteps[step])
      examples.sources.append(file.sources[index])
    }
    return examples
  }
}
