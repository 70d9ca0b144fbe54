internal import Checkpoints
internal import Files
import Foundation
internal import SystemPackage

/// A run in TensorBoard: scalars, sample pictures, the loss by noise as a histogram, and the settings as
/// hyperparameters, in `RUN/tensorboard`.
///
/// Scalars of steps are means over a hundredth of the steps between two checkpoints, so that the file stays small.
final class TensorBoardLog {
  private let folder: RunFolder
  private let clocks: Clocks
  private let file: EventFile
  /// Steps from one row of scalars to the next.
  private let interval: Int
  private var sums: [String: (sum: Double, count: Int)] = [:]
  private var lastPicture: Int

  private static let pictures = "samples"

  init(_ folder: RunFolder, _ settings: TrainingSettings, keepingUpTo step: Int, _ clocks: Clocks)
    throws
  {
    (self.folder, self.clocks) = (folder, clocks)
    interval = max(1, settings.checkpointEvery / 100)
    file = try EventFile(in: folder.tensorBoard, keepingUpTo: step, at: clocks.seconds)
    lastPicture = file.lastSteps[Self.pictures] ?? 0
    if file.isNew { addSettings(settings) }
  }

  /// Takes a step's figures; what is not finite is left out.
  func add(_ step: Int, _ values: [(tag: String, value: Double?)]) {
    for (tag, value) in values {
      if let value, value.isFinite {
        sums[tag, default: (0, 0)].sum += value
        sums[tag, default: (0, 0)].count += 1
      }
    }
    if step % interval == 0 { addScalars(step) }
  }

  private func addScalars(_ step: Int) {
    if sums.isEmpty { return }
    file.add(step, at: clocks.seconds) { summary in
      for (tag, value) in sums.sorted(by: { $0.key < $1.key }) {
        summary.add(1) {
          $0.add(1, text: tag)
          $0.add(2, float: Float(value.sum / Double(value.count)))
        }
      }
    }
    sums = [:]
  }

  /// Adds figures of a checkpoint, and the losses by noise, in equal parts of it, as a histogram whose weights they are.
  func addCheckpoint(_ step: Int, _ values: [(tag: String, value: Double?)], lossByNoise: [Double?])
  {
    add(step, values)
    addScalars(step)
    let weights = lossByNoise.map { $0 ?? 0 }
    let count = Double(max(1, weights.count))
    let limits = weights.indices.map { Double($0 + 1) / count }
    let centers = limits.map { $0 - 0.5 / count }
    file.add(step, at: clocks.seconds) { summary in
      summary.add(1) {
        $0.add(1, text: "loss_by_noise")
        $0.add(5) {
          $0.add(1, double: 0)
          $0.add(2, double: 1)
          $0.add(3, double: weights.reduce(0, +))
          $0.add(4, double: zip(weights, centers).reduce(0) { $0 + $1.0 * $1.1 })
          $0.add(5, double: zip(weights, centers).reduce(0) { $0 + $1.0 * $1.1 * $1.1 })
          $0.add(6, doubles: limits)
          $0.add(7, doubles: weights)
        }
      }
    }
  }

  /// Adds the pictures of samples that are new, and hands all to the system.
  func flush(upTo step: Int) throws {
    for path in try folder.files(in: folder.samples, "png") {
      guard let drawn = (path.stem?.dropFirst(5)).flatMap({ Int($0) }), drawn > lastPicture,
        drawn <= step, let data = try? RegularFile.bytes(of: path),
        data.count > 24
      else { continue }
      // IHDR: after the signature, a length and a name come width and height, big-endian.
      func number(_ at: Int) -> Int { data[at..<(at + 4)].reduce(0) { $0 << 8 | Int($1) } }
      file.add(drawn, at: clocks.seconds) { summary in
        summary.add(1) {
          $0.add(1, text: Self.pictures)
          $0.add(4) {
            $0.add(1, integer: number(20))
            $0.add(2, integer: number(16))
            $0.add(3, integer: 3)
            $0.add(4, bytes: Array(data))
          }
        }
      }
      lastPicture = drawn
    }
    try file.flush()
  }

  /// Settings as TensorBoard's plugin of hyperparameters reads them.
  private func addSettings(_ settings: TrainingSettings) {
    file.add(0, at: clocks.seconds) { summary in
      summary.add(1) {
        $0.add(1, text: "_hparams_/session_start_info")
        // A tensor of one zero, which readers expect of every value.
        $0.add(8) { tensor in
          tensor.add(1, integer: 1)
          tensor.add(2) { $0.add(2) { $0.add(1, integer: 1) } }
          tensor.add(5, bytes: [0, 0, 0, 0])
        }
        $0.add(9) {
          $0.add(1) { plugin in
            plugin.add(1, text: "hparams")
            plugin.add(2) { data in
              data.add(3) { session in
                for key in TrainingSettings.CodingKeys.allCases {
                  guard let words = key.setting.words(settings) else { continue }
                  session.add(1) { entry in
                    entry.add(1, text: key.rawValue)
                    entry.add(2) { value in
                      if let number = Double(words) {
                        value.add(2, double: number)
                      } else {
                        value.add(3, text: words)
                      }
                    }
                  }
                }
                session.add(5, double: clocks.seconds)
              }
            }
          }
        }
      }
    }
  }
}

extension Clocks {
  /// The date in seconds since 1970.
  fileprivate var seconds: Double { date().timeIntervalSince1970 }
}
