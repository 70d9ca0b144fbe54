public import Checkpoints
internal import Files
internal import PNGCodec
public import SystemPackage

/// The metadata of a file that Stipple wrote.
///
/// As JSON it is one object: what all files have, and beside it what its kind has.
public struct Inspection: Sendable {
  /// What there is to say, by the file's kind.
  public enum Content: Sendable {
    case checkpoint(CheckpointInspection)
    case stepTensors(StepTensorsInspection)
    case noisyImages(NoisyImagesInspection)
    case examples(ExamplesInspection)
    case image(PNGInspection)
  }

  /// The file's path; of a run folder that of its newest good checkpoint.
  public let path: FilePath
  /// Bytes of the file.
  public let bytes: Int
  /// What the file's kind says.
  public let content: Content
  /// What was read to the end and found whole; nil where that was not asked for.
  public let verification: Verification?

  /// Looks into a file, whatever its name ends in, into a run folder's newest good checkpoint, or into the model
  /// of a name.
  ///
  /// - Parameters:
  ///   - catalog: the models that have names.
  ///   - verifying: whether every byte is to be read and every checksum compared.
  ///   - report: is told of newer checkpoints of a run folder that are damaged.
  /// - Throws: an error that says what is wrong with the file, or that it is not Stipple's.
  public init(
    _ given: FilePath, verifying: Bool = false, from catalog: ModelCatalog = .standard,
    report: (String) -> Void = { _ in }
  ) throws {
    let path = (try? catalog.path(of: given)) ?? given
    self = try RunFolder.read(path, report: report) { try Inspection(file: $0, verifying) }
  }

  private init(file path: FilePath, _ verifying: Bool) throws {
    self.path = path
    let start = try FileStart(path)
    bytes = start.size
    if start.isPNG || path.extension?.lowercased() == "png" {
      content = .image(try PNGInspection(path))
      verification = verifying ? try Verification(image: path) : nil
    } else {
      let format = try FileFormat.open(path).format
      switch format {
      case .checkpoint, .averages:
        content = .checkpoint(try CheckpointInspection(path, format))
      case .noised, .trajectory: content = .stepTensors(try StepTensorsInspection(path))
      case .noisy: content = .noisyImages(try NoisyImagesInspection(path))
      case .examples: content = .examples(try ExamplesInspection(path))
      }
      verification = verifying ? try Verification(file: path) : nil
    }
  }

  /// What was read to the end and found whole.
  public struct Verification: Encodable, Sendable {
    /// Datasets of an HDF5 file whose checksum was compared.
    public let checkedDatasets: Int?
    /// Datasets that no checksum covers; another program has changed the file.
    public let unprotectedDatasets: [String]
    /// Bytes of the elements, or of the pixels.
    public let bytes: Int

    init(file path: FilePath) throws {
      let found = try FileVerification(path)
      checkedDatasets = found.datasets - found.unprotected.count
      unprotectedDatasets = found.unprotected
      bytes = found.bytes
    }

    init(image path: FilePath) throws {
      checkedDatasets = nil
      unprotectedDatasets = []
      bytes = try PNGReader.read(path).pixels.count
    }
  }
}

extension Inspection: Encodable {
  private enum CodingKeys: String, CodingKey {
    case file, verification, checkpoint, samples, image
    case noisyImages, recordedBatch
  }

  private enum FileKeys: CodingKey { case path, bytes, kind }

  /// Writes one object: `file`, and what the file's kind has under a key of its own.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    var file = container.nestedContainer(keyedBy: FileKeys.self, forKey: .file)
    try file.encode(path.string, forKey: .path)
    try file.encode(bytes, forKey: .bytes)
    try file.encode(kind, forKey: .kind)
    try container.encodeIfPresent(verification, forKey: .verification)
    switch content {
    case .checkpoint(let checkpoint): try container.encode(checkpoint, forKey: .checkpoint)
    case .stepTensors(let tensors): try container.encode(tensors, forKey: .samples)
    case .noisyImages(let images): try container.encode(images, forKey: .noisyImages)
    case .examples(let examples): try container.encode(examples, forKey: .recordedBatch)
    case .image(let image): try container.encode(image, forKey: .image)
    }
  }

  /// The file's kind: checkpoint, ema-snapshot, noisy-samples, trajectory, noisy-images,
  /// recorded-batch or png.
  public var kind: String {
    switch content {
    case .checkpoint(let checkpoint): checkpoint.isSnapshot ? "ema-snapshot" : "checkpoint"
    case .stepTensors(let tensors): tensors.isTrajectory ? "trajectory" : "noisy-samples"
    case .noisyImages: "noisy-images"
    case .examples: "recorded-batch"
    case .image: "png"
    }
  }
}

/// A file's size and first bytes.
private struct FileStart {
  let size: Int
  let isPNG: Bool

  init(_ path: FilePath) throws {
    do {
      // Without nonBlocking, opening a pipe would wait for its writer.
      let descriptor = try FileDescriptor.open(path, .readOnly, options: [.nonBlocking])
      (size, isPNG) = try descriptor.closeAfter {
        let size = Int(try descriptor.seek(offset: 0, from: .end))
        var bytes = [UInt8](repeating: 0, count: 8)
        let count = try bytes.withUnsafeMutableBytes {
          try descriptor.read(fromAbsoluteOffset: 0, into: $0)
        }
        return (size, count == 8 && bytes == [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
      }
    } catch {
      throw FileError(path, "could not be opened", error)
    }
  }
}
