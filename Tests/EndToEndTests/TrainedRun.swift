import Foundation
import SystemPackage
import TestSupport
import Testing

/// A run of the smallest network on 64 flowers, made once for all tests that only read it.
struct TrainedRun: Sendable {
  /// A folder with `pictures` (the 64 flowers) and `run`.
  let folder: TemporaryFolder

  /// The run folder.
  var path: FilePath { folder / "run" }

  static var shared: TrainedRun {
    get async throws { try await making.value }
  }

  private static let making = Task {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(64, to: folder / "pictures")
    let run = try await ProgramRun(train("pictures", "run", steps: 10), in: folder.path)
    try #require(run.status == 0, "\(run)")
    return TrainedRun(folder: folder)
  }

  /// The command for a short training.
  static func train(_ images: String, _ run: String, steps: Int, _ more: String...) -> [String] {
    [
      "train", images, "-o", run, "--preset", "tiny", "--batch", "8", "--warmup", "5",
      "--learning-rate", "1e-3", "--sample-every", "0", "--steps", String(steps),
    ] + more
  }
}

/// The bytes of a file.
func contents(_ path: FilePath) throws -> Data { try Data(contentsOf: URL(filePath: path.string)) }

/// The names in a folder, sorted.
func names(in folder: FilePath) throws -> [String] {
  try FileManager.default.contentsOfDirectory(atPath: folder.string).sorted()
}

/// Decodes what `--json` printed.
///
/// - Parameter key: the part of the object that is decoded, such as "images"; nil for the whole.
func decode<Value: Decodable>(
  _ type: Value.Type, _ run: ProgramRun, at key: String? = nil
) throws -> Value {
  do {
    var data = Data(run.output.utf8)
    if let key {
      let object = try JSONSerialization.jsonObject(with: data) as? [String: Any]
      data = try JSONSerialization.data(
        withJSONObject: object?[key] ?? [:], options: .fragmentsAllowed)
    }
    return try JSONDecoder().decode(type, from: data)
  } catch {
    Issue.record("not the JSON expected (\(error)): \(run)")
    throw error
  }
}
