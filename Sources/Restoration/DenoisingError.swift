internal import Checkpoints
public import SystemPackage
internal import Text

/// More memory than an image may take, in bytes.
public struct DenoiserMemory: Error, Equatable, Sendable, CustomStringConvertible {
  /// What it takes even where one tile is computed at a time.
  public let needed: Int
  /// What it may take.
  public let limit: Int

  /// The error in a sentence.
  public var description: String {
    let isMachine = limit >= Machine.memoryBytes
    return """
      needs \(Readable.memory(Double(needed))), but \(isMachine ? "there are" : "`memory` allows") \
      \(Readable.memory(Double(limit))); \(isMachine ? "" : "allow more, or ")give smaller tiles with `tile`
      """
  }
}

/// Why an image cannot be denoised.
public enum DenoisingError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Of the result.
  case nameTooLong(FilePath)
  case size(FilePath, clean: FilePath, cause: String)
  case noReference(FilePath, reference: FilePath)
  case memory(FilePath, DenoiserMemory)
  /// Of an image in memory.
  case channels(Int, expected: Int)

  /// The error in a sentence.
  public var description: String {
    switch self {
    case .nameTooLong(let path):
      return "\(path): cannot be denoised: its output's name would be too long"
    case .size(let path, let clean, let cause):
      return "\(path): cannot be compared with \(clean): \(cause)"
    case .noReference(let path, let reference):
      return "\(path): cannot be compared: there is no \(reference)"
    case .channels(let found, let expected):
      return "the image has \(counted(found, "channel")), and the network's images have \(expected)"
    case .memory(let path, let memory): return "\(path): \(memory)"
    }
  }
}
