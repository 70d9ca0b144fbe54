internal import Diffusion
internal import Files
import Foundation
internal import HDF5
public import SystemPackage
internal import Text

/// The variances of a schedule, number by number, the first timestep's first.
///
/// In settings they are one text with every digit that counts, or a list of numbers.
public struct Betas: Codable, Equatable, Sendable {
  /// beta of every timestep.
  public let values: [Double]

  /// 100 bytes for each of the most numbers.
  private static let mostBytes = 100 * NoiseSchedule.Configuration.maximumTimesteps

  /// Variances, without a check.
  public init(_ values: [Double]) { self.values = values }

  /// Reads a file: text with a number a line, or HDF5 with a dataset `betas`. Empty lines, and what
  /// follows a `#`, do not count.
  ///
  /// - Throws: `<path>: could not be read as betas: <cause>`, or what HDF5 says.
  public init(reading path: FilePath) throws {
    values = Self.isHDF5(path) ? try Self.dataset(of: path) : try Self.lines(of: path)
    do {
      try NoiseSchedule.Configuration(betas: values).validate()
    } catch .listedBeta(let beta, let index) {
      throw Self.refusal(path, "number \(index + 1) is \(beta), not between 0 and 1")
    } catch {
      let most = NoiseSchedule.Configuration.maximumTimesteps
      throw Self.refusal(
        path, "it has \(counted(values.count, "number")); a schedule has 1 to \(most)")
    }
  }

  /// Reads a text of numbers or a list of them.
  public init(from decoder: any Decoder) throws {
    if let list = try? [Double](from: decoder) {
      values = list
      return
    }
    let container = try decoder.singleValueContainer()
    values = try container.decode(String.self).split(whereSeparator: \.isWhitespace).map { word in
      guard let value = Double(word) else {
        throw DecodingError.dataCorruptedError(
          in: container, debugDescription: "\(word.prefix(40)) is not a number")
      }
      return value
    }
  }

  /// Writes one text: YAML's own numbers would lose digits.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(values.map { "\($0)" }.joined(separator: " "))
  }

  private static func isHDF5(_ path: FilePath) -> Bool {
    guard isRegular(path), let file = FileHandle(forReadingAtPath: path.string) else {
      return false
    }
    defer { try? file.close() }
    return (try? file.read(upToCount: 4)) == Data([0x89, 0x48, 0x44, 0x46])
  }

  private static func isRegular(_ path: FilePath) -> Bool {
    // Reading a pipe would wait for ever.
    ![.folder, .other].contains(Place(path).content)
  }

  private static func dataset(of path: FilePath) throws -> [Double] {
    let dataset = try File.open(path).root.dataset("betas")
    guard dataset.shape.count == 1 else {
      throw refusal(path, "/betas has shape \(HDF5Error.text(dataset.shape)), not one axis")
    }
    return try dataset.read()
  }

  private static func lines(of path: FilePath) throws -> [Double] {
    guard isRegular(path) else { throw refusal(path, "it is not a regular file") }
    guard let file = FileHandle(forReadingAtPath: path.string) else {
      throw FileError(path, "could not be read as betas")
    }
    defer { try? file.close() }
    let data = try file.read(upToCount: mostBytes + 1) ?? Data()
    if data.count > mostBytes { throw refusal(path, "it has more than \(mostBytes) bytes") }
    var betas: [Double] = []
    let lines = PlainText.decoded(data)
      .split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (number, line) in lines.enumerated() {
      let text = line.prefix { $0 != "#" }.trimmingCharacters(in: .whitespaces)
      if text.isEmpty { continue }
      guard let beta = Double(text) else {
        throw refusal(path, "line \(number + 1) is not a number: \(text.prefix(40))")
      }
      betas.append(beta)
    }
    return betas
  }

  private static func refusal(_ path: FilePath, _ cause: String) -> FileError {
    FileError(path, "could not be read as betas", cause: cause)
  }
}
