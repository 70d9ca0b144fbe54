public import Checkpoints
internal import Compiler
public import Files
public import SystemPackage

extension DiffusionModel {
  /// Writes a model file: a checkpoint with these weights alone, which is for use and not for training on.
  ///
  /// The same weights and card make the same bytes.
  ///
  /// - Parameters:
  ///   - file: where to; its folder is made where it is missing.
  ///   - type: what the weights become. They are widened again when the file is read.
  ///   - card: what there is to know of the model; nil keeps the card that it has.
  ///   - overwriting: whether a file that is there may be replaced.
  ///   - clocks: what tells when the weights of a model without a file were written.
  /// - Throws: `ConversionError.exists`, `ConversionError.outOfRange`, or what is wrong with the disk; then `file` is
  ///   as it was before.
  public func exportModel(
    to file: FilePath, as type: WeightType = .float16, card: ModelCard? = nil,
    overwriting: Bool = false, clocks: Clocks = .system
  ) throws {
    if !overwriting, try Folders.exists(file) { throw ConversionError.exists(file) }
    let tensors = parameters.namedTensors
    for tensor in tensors {
      let value = tensor.read { values in values.first { !($0.magnitude < type.limit) } }
      guard let value else { continue }
      throw ConversionError.outOfRange(file, parameter: tensor.name, value: value, type: type)
    }
    var header =
      origin?.header
      ?? CheckpointHeader(
        creator: Machine.creator, created: clocks.timestamp, config: "", step: step, imagesSeen: 0,
        threads: Machine.threads, cpu: Machine.processor, oneDNNVersion: Machine.oneDNNVersion)
    header.config = try CheckpointConfiguration(
      model: configuration, training: origin?.training, average: origin?.average
    ).json
    if let card { header.card = card.text }
    try Folders.make(file.removingLastComponent())
    try CheckpointFile.write(
      // A snapshot's averages are the weights of the model that it becomes.
      to: file, header, parts: [(origin?.part == .model ? .model : .average, tensors)],
      history: TrainingHistory(),
      elements: type, isPacked: true, replacing: overwriting)
  }
}
