internal import CPU
internal import Checkpoints
public import Files
import Foundation
internal import Host
internal import Images
internal import PNGCodec
internal import Random
internal import Synchronization
public import SystemPackage

/// How fast PNG files are decoded and encoded on all processors.
public struct PNGBenchmark: Sendable {
  /// What was measured.
  public struct Result: Sendable {
    /// Files.
    public var decodedPerSecond: Double
    /// Files.
    public var encodedPerSecond: Double
  }

  private let blobs: [[UInt8]]
  private let images: [PixelImage]
  private let threads: Int
  private let clocks: Clocks

  /// - Parameters:
  ///   - inputs: files and folders of PNG images; none for smooth images of 32 x 32 that it makes.
  ///   - threads: nil for as many as there are processors.
  ///   - clocks: what it is timed by.
  ///   - report: is told what is left out.
  public init(
    _ inputs: [FilePath], threads: Int?, clocks: Clocks = .system,
    report: (String) -> Void = { _ in }
  ) throws {
    self.clocks = clocks
    self.threads = threads ?? Processors.available
    if inputs.isEmpty {
      images = (0..<64).map(Self.image)
      blobs = try images.map { try PNGWriter.encode($0, named: "") }
    } else {
      let files = try ImageListing.images(in: inputs, report: report).files.map(\.path)
      var (images, blobs): ([PixelImage], [[UInt8]]) = ([], [])
      var failure: (any Error)?
      for file in files {
        do {
          images.append(try PNGReader.read(file, as: .rgb))
          blobs.append(try RegularFile.bytes(of: file))
        } catch {
          report("left out: \(error)")
          failure = error
        }
      }
      if let failure, images.isEmpty { throw failure }
      (self.images, self.blobs) = (images, blobs)
    }
  }

  /// Colors that run into each other, with a little grain.
  static func image(_ number: Int) -> PixelImage {
    let grain = RandomStream(seed: 0, purpose: .initialNoise, index: number, step: 0).words(3072)
    let pixels = (0..<3072).map { i -> UInt8 in
      let (c, x, y) = (i % 3, i / 3 % 32, i / 96)
      let color = x * (2 + c) + y * (4 - c) + number * 3
      return UInt8((color + Int(grain[i] >> 30)) & 255)
    }
    return PixelImage(width: 32, height: 32, format: .rgb, pixels: pixels)
  }

  /// Decodes and encodes in memory, for about `seconds` each.
  public func run(seconds: Double) -> Result {
    let (blobs, images) = (blobs, images)
    let decoded = repeated(seconds) { index in
      _ = try? PNGReader.read(blobs[index % blobs.count], named: "", as: .rgb)
    }
    let encoded = repeated(seconds) { index in
      _ = try? PNGWriter.encode(images[index % images.count], named: "")
    }
    return Result(decodedPerSecond: decoded, encodedPerSecond: encoded)
  }

  /// How often `work` ran in a second, on all threads together.
  private func repeated(_ seconds: Double, _ work: @escaping @Sendable (Int) -> Void) -> Double {
    let start = clocks.elapsed()
    let done = Mutex(0)
    let (threads, clocks) = (threads, clocks)
    Threads.forEach(threads) { thread in
      var count = 0
      while clocks.elapsed() - start < .seconds(seconds) {
        work(count * threads + thread)
        count += 1
      }
      done.withLock { $0 += count }
    }
    return Double(done.withLock { $0 }) / (clocks.elapsed() - start).seconds
  }
}
