public import Files
import Foundation
internal import PNGCodec
internal import Sampling
internal import SystemPackage

/// How fast noisy samples x_t are made and written: 64 images of 32 x 32 RGB at 1000 steps, float32.
public struct NoiseBenchmark: Sendable {
  private let clocks: Clocks

  /// - Parameter clocks: what it is timed by.
  public init(clocks: Clocks = .system) { self.clocks = clocks }

  /// Megabytes a second, from the first image to a file that is on the disk.
  public func run() throws -> Double {
    let folder = FilePath(NSTemporaryDirectory()).appending("stipple-benchmark-\(getpid())")
    try Folders.make(folder.appending("images"))
    defer { try? FileManager.default.removeItem(atPath: folder.string) }
    for index in 0..<64 {
      let image = PNGBenchmark.image(index)
      try PNGWriter.write(image, to: folder.appending("images").appending("\(index).png"))
    }
    let job = NoisingJob(
      inputs: [folder.appending("images")], output: folder.appending("noised.h5"))
    let start = clocks.elapsed()
    let outcome = try job.run()
    return Double(outcome.bytes) / 1e6 / (clocks.elapsed() - start).seconds
  }
}
