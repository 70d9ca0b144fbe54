internal import Dispatch
internal import Files
internal import Images
internal import PNGCodec
internal import Synchronization
public import SystemPackage

/// How fast PNG files are decoded and encoded on all processors.
public struct PNGBenchmark {
  /// What was measured.
  public struct Result: Sendable {
    public var decodedPerSecond: Double
    public var encodedPerSecond: Double
  }

  private let files: [FilePath]
  private let threads: Int

  /// - Parameter inputs: files and folders of PNG images.
  public init(_ inputs: [FilePath], threads: Int) throws {
    files = try ImageListing.images(in: inputs).map(\.path)
    self.threads = threads
  }

  /// Decodes files and encodes their pixels in memory, for about `seconds` each.
  public func run(seconds: Double) throws -> Result {
    let images = try files.map { try PNGReader.read($0, as: .rgb) }
    let files = files
    let decoded = repeated(seconds) { index in
      _ = try? PNGReader.read(files[index % files.count], as: .rgb)
    }
    let encoded = repeated(seconds) { index in
      _ = try? PNGWriter.encode(images[index % images.count], named: "")
    }
    return Result(decodedPerSecond: decoded, encodedPerSecond: encoded)
  }

  /// How often `work` ran in a second, on all threads together.
  private func repeated(_ seconds: Double, _ work: @escaping @Sendable (Int) -> Void) -> Double {
    let clock = ContinuousClock()
    let start = clock.now
    let done = Mutex(0)
    let threads = threads
    DispatchQueue.concurrentPerform(iterations: threads) { thread in
      var count = 0
      while clock.now - start < .seconds(seconds) {
        work(count * threads + thread)
        count += 1
      }
      done.withLock { $0 += count }
    }
    return Double(done.withLock { $0 }) / (clock.now - start).seconds
  }
}
