public import Checkpoints
internal import Files
internal import Graph
internal import Networks
public import SystemPackage
internal import Text

/// What a list of models says of one; of the weights nothing is read.
public struct ModelSummary: Encodable, Sendable {
  /// The name that it is found by.
  public let name: String
  /// The model's file.
  public let path: FilePath
  /// Bytes of the file.
  public let bytes: Int
  /// 1 for gray, 3 for RGB, 4 for RGBA.
  public let channels: Int
  /// How many numbers are learned.
  public let parameterCount: Int
  /// What they are in the file: `float16`.
  public let dtype: String
  /// Training steps that the weights have seen.
  public let step: Int
  /// What there is to know of it; nil where the file has no card.
  public let card: ModelCard?

  /// Reads the header of a model of a catalog.
  ///
  /// - Throws: `FileFormatError` with what is wrong with it.
  private init(_ entry: ModelCatalog.Entry) throws {
    try self.init(name: entry.name, entry.path)
  }

  /// The models of a catalog, and what is wrong with those that cannot be read. HDF5 files of other kinds, such as
  /// noisy images in a folder that has the program too, are passed over.
  public static func all(in catalog: ModelCatalog) -> (models: [ModelSummary], failures: [String]) {
    var (models, failures): ([ModelSummary], [String]) = ([], [])
    for entry in catalog.entries {
      do {
        models.append(try ModelSummary(entry))
      } catch FileFormatError.otherFormat, FileFormatError.foreign {
        continue
      } catch {
        failures.append("\(error)")
      }
    }
    return (models, failures)
  }

  /// Reads the header of a checkpoint, or of a run folder's newest good one.
  ///
  /// - Parameter report: called with a message for each damaged newer checkpoint of a run folder.
  /// - Throws: `FileFormatError` with what is wrong with it.
  public init(of path: FilePath, report: (String) -> Void = { _ in }) throws {
    self = try RunFolder.read(path, report: report) {
      try ModelSummary(name: path.stem ?? path.string, $0)
    }
  }

  private init(name: String, _ path: FilePath) throws {
    let file = try CheckpointFile(opening: path)
    let model = try CheckpointConfiguration(file).model
    (self.name, self.path, step) = (name, path, file.header.step)
    bytes = try FileStatus(path).size
    channels = model.channels
    parameterCount = model.network.parameters.reduce(0) { $0 + $1.count }
    let parts = try file.parts()
    dtype = try file.elements(parts.contains(.average) ? .average : .model).name
    card = file.header.card.map(ModelCard.init(text:))
  }

  /// A summary of some models, each with a few lines for a terminal.
  public static func lines(_ models: [ModelSummary]) -> [String] {
    var table = TextTable(.left, .left)
    for model in models {
      let size =
        "\(Readable.channels(model.channels)), \(Readable.count(model.parameterCount)) parameters "
        + "(\(model.dtype)), \(Readable.bytes(model.bytes))"
      let lines =
        [model.card?.title ?? "no model card"] + Readable.wrapped(model.card?.purpose ?? "") + [
          size
        ]
        + Readable.wrapped(model.card?.figures ?? "") + [model.path.string]
      for (index, line) in lines.enumerated() {
        table.append(index == 0 ? model.name : "", line)
      }
    }
    return table.lines
  }

  private enum CodingKeys: String, CodingKey {
    case name, path, bytes, channels, parameterCount, dtype, step, title, purpose, figures, card
  }

  /// Writes one object.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(path.string, forKey: .path)
    try container.encode(bytes, forKey: .bytes)
    try container.encode(channels, forKey: .channels)
    try container.encode(parameterCount, forKey: .parameterCount)
    try container.encode(dtype, forKey: .dtype)
    try container.encode(step, forKey: .step)
    try container.encodeIfPresent(card?.title, forKey: .title)
    try container.encodeIfPresent(card?.purpose, forKey: .purpose)
    try container.encodeIfPresent(card?.figures, forKey: .figures)
    try container.encodeIfPresent(card?.text, forKey: .card)
  }
}
