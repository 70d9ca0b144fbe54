internal import CPU
internal import Checkpoints
internal import Diffusion
internal import Distributed
internal import Foundation
internal import Images
internal import PNGCodec
internal import Random

/// The images of a job at all its steps, of which each process noises its share: image i is that of rank
/// i modulo the number of ranks. All are of one size, so that the shares are alike.
struct NoisedImages {
  /// Fills x_t and the noise of a step.
  typealias Filling =
    @Sendable (
      _ step: Int, _ xt: UnsafeMutableBufferPointer<Float>,
      _ noise: UnsafeMutableBufferPointer<Float>
    ) -> Void

  /// An image that is about to be written.
  struct Image {
    /// (C, H, W)
    let x0: [Float]
    /// What fills some steps, asked for in their order.
    let filling: (Range<Int>) -> Filling
    /// Whether another process noises it.
    let isRemote: Bool
  }

  /// Another process was asked to stop.
  struct Stopped: Error {}

  let work: NoisingWork
  let pictures: NoisedPictures?
  private let job: NoisingJob
  private let dataset: Dataset
  private let process: ForwardProcess
  /// Elements of an image.
  private let count: Int
  /// Bytes of a step in a message from one process to another: x_t, and the noise where it is stored.
  private let stepBytes: Int
  /// Steps of a message, of some megabytes.
  private let stepsPerMessage: Int

  init(_ job: NoisingJob, _ work: NoisingWork) throws {
    guard let format = PixelFormat(channels: work.channels) else {
      preconditionFailure("PNG has no such channels")
    }
    self.job = job
    self.work = work
    pictures = try job.pictures(work)
    process = ForwardProcess(try job.makeSchedule())
    dataset = Dataset(
      work.files, size: ImageSize(width: work.width, height: work.height), fit: job.fit,
      format: format, memoryLimit: 0, limits: job.limits)
    count = work.channels * work.height * work.width
    stepBytes = (job.withNoise ? 8 : 4) * count
    stepsPerMessage = max(1, (16 << 20) / stepBytes)
  }

  /// An image, from the process that noises it.
  ///
  /// - Throws: `UnreadableImage`, or `Stopped`.
  func image(_ index: Int, _ processes: ProcessGroup) throws -> Image {
    let rank = index % processes.size
    if rank > 0 { return try received(from: rank, processes.communicator) }
    let x0: [Float]
    do throws(PNGError) {
      x0 = try read(index)
    } catch {
      throw UnreadableImage(cause: "\(error)")
    }
    let filling = filling(x0, index)
    return Image(x0: x0, filling: { _ in filling }, isRemote: false)
  }

  /// Writes the picture of a step once it is filled; nil where no pictures are wanted.
  func made(of index: Int) -> (@Sendable (Int, UnsafeMutableBufferPointer<Float>) -> Void)? {
    guard let pictures else { return nil }
    return { [work] step, xt in pictures.write(xt, of: work.files[index], at: work.steps[step]) }
  }

  /// x_0 of an image.
  func read(_ index: Int) throws(PNGError) -> [Float] {
    let image = try dataset.image(at: index)
    return Pixels.values(of: image, width: work.width, height: work.height)
  }

  private func filling(_ x0: [Float], _ index: Int) -> Filling {
    { [seed = job.seed, steps = work.steps, process] step, xt, noise in
      let t = steps[step]
      RandomStream(seed: seed, purpose: .trainingNoise, index: index, step: t).fillNormal(noise)
      process.mixture(at: Double(t)).mix(x0.span, noise.span, into: xt)
    }
  }
}

/// An image that cannot be read.
struct UnreadableImage: Error, CustomStringConvertible {
  let cause: String
  var description: String { cause }
}

// MARK: Between processes

extension NoisedImages {
  /// What another process says of its next image, before its steps.
  private struct Announcement: Codable {
    var x0 = Data()
    var failure: String?
    var isStopped = false
  }

  /// The first process's word: go on with the next image, or end.
  private static let (goOn, end): ([UInt8], [UInt8]) = ([1], [0])

  /// Noises this process's share of the images, and sends each to the first process when that asks for it.
  func serve(_ context: JobContext) throws {
    let ranks = context.processes.communicator
    for index in stride(from: ranks.rank, to: work.files.count, by: ranks.size) {
      var announcement = Announcement(isStopped: context.shouldStop())
      var x0: [Float] = []
      do throws(PNGError) {
        x0 = try read(index)
        announcement.x0 = x0.withUnsafeBytes { Data($0) }
      } catch {
        if job.isStrict { throw error }
        announcement.failure = context.processes.cause(of: error)
      }
      let filling = filling(x0, index)
      let isSent = announcement.failure == nil && !announcement.isStopped
      // Made before it is asked for.
      var part = isSent ? steps(messages[0], filling, index) : []
      try pictures?.throwFailure()
      guard ranks.receive(from: 0) == Self.goOn else { return }
      ranks.send(try ranks.encoded(announcement), to: 0)
      guard isSent else { continue }
      for (number, _) in messages.enumerated() {
        if number > 0 { part = steps(messages[number], filling, index) }
        ranks.send(part, to: 0)
      }
    }
    _ = ranks.receive(from: 0)
  }

  /// Tells the other processes that no more images are wanted.
  func dismiss(_ processes: ProcessGroup) {
    for rank in 1..<max(1, processes.size) { processes.communicator.send(Self.end, to: rank) }
  }

  private func received(from rank: Int, _ ranks: any Communicator) throws -> Image {
    ranks.send(Self.goOn, to: rank)
    let announcement = try ranks.decoded(Announcement.self, ranks.receive(from: rank))
    if let cause = announcement.failure { throw UnreadableImage(cause: cause) }
    if announcement.isStopped { throw Stopped() }
    let parts = ReceivedSteps(messages) { ranks.receive(from: rank) }
    return Image(
      x0: [Float](unsafeUninitializedCapacity: count) { values, size in
        size = announcement.x0.copyBytes(to: values) / 4
      },
      filling: { [count, stepBytes] steps in
        let values = steps.map { parts.step($0, bytes: stepBytes) }
        return { step, xt, noise in
          values[step - steps.lowerBound].withUnsafeBytes { bytes in
            UnsafeMutableRawBufferPointer(xt).copyMemory(
              from: UnsafeRawBufferPointer(rebasing: bytes[..<(4 * count)]))
            UnsafeMutableRawBufferPointer(noise).copyMemory(
              from: UnsafeRawBufferPointer(rebasing: bytes[(4 * count)...]))
          }
        }
      }, isRemote: true)
  }

  /// The steps of each message.
  private var messages: [Range<Int>] {
    stride(from: 0, to: work.steps.count, by: stepsPerMessage).map {
      $0..<min($0 + stepsPerMessage, work.steps.count)
    }
  }

  /// Some steps as a message, made by all threads.
  private func steps(_ range: Range<Int>, _ filling: Filling, _ index: Int) -> [UInt8] {
    let (made, count, values) = (made(of: index), count, stepBytes / 4)
    return [UInt8](unsafeUninitializedCapacity: stepBytes * range.count) { bytes, size in
      size = stepBytes * range.count
      UnsafeMutableRawBufferPointer(bytes).withMemoryRebound(to: Float.self) { elements in
        // Each iteration fills a step of its own.
        nonisolated(unsafe) let elements = elements
        Threads.forEach(range.count) { number in
          let place = UnsafeMutableBufferPointer(
            rebasing: elements[(number * values)..<((number + 1) * values)])
          let xt = UnsafeMutableBufferPointer(rebasing: place[..<count])
          let step = range.lowerBound + number
          if values > count {
            filling(step, xt, UnsafeMutableBufferPointer(rebasing: place[count...]))
          } else {
            withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { filling(step, xt, $0) }
          }
          made?(step, xt)
        }
      }
    }
  }
}

/// The steps of an image as another process's messages come in.
private final class ReceivedSteps {
  private var messages: ArraySlice<Range<Int>>
  private let receive: () -> [UInt8]
  private var range = 0..<0
  private var bytes: [UInt8] = []

  init(_ messages: [Range<Int>], receive: @escaping () -> [UInt8]) {
    self.messages = messages[...]
    self.receive = receive
  }

  /// A step's bytes; steps are asked for in order.
  func step(_ step: Int, bytes size: Int) -> ArraySlice<UInt8> {
    while !range.contains(step), let next = messages.popFirst() {
      (range, bytes) = (next, receive())
    }
    let first = (step - range.lowerBound) * size
    return bytes[first..<(first + size)]
  }
}
