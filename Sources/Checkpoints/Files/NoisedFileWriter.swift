internal import HDF5
package import SystemPackage

/// Writes images at chosen steps of the forward process, image by image.
///
///     attributes   format "stipple-noised", format_version, config (JSON), seed
///     /x_t (image, step, C, H, W)   /eps likewise, where asked for   /x_0 (image, C, H, W)
///     /source (image)   /timesteps (step)   /alpha_bar (step)   /channel   /row   /column
///
/// Chunks are near 1 MiB of one image's steps. Beside x_t as pixels, eps is kept in half precision.
/// The file appears with `finish()`, and not at all without it.
package final class NoisedFileWriter {
  /// The axes; there may come fewer images.
  package let layout: StepLayout
  private let writer: StepTensorsWriter
  private var x0: RowWriter
  private var sources: [String] = []

  /// Begins the file.
  ///
  /// - Parameters:
  ///   - config: the schedule as JSON.
  ///   - seed: of the noise.
  ///   - work: tells from other work what is to be gone on with after an interruption, see `keep()`.
  package init(
    _ path: FilePath, _ layout: StepLayout, withNoise: Bool, config: String, seed: UInt64,
    resuming work: String? = nil
  ) throws(FileFormatError) {
    self.layout = layout
    (writer, x0) = try FileFormatError.translating { () throws(HDF5Error) in
      let writer = try StepTensorsWriter(
        path, .noised, layout, second: withNoise ? "eps" : nil, config: config, seed: seed,
        resuming: work)
      return (writer, RowWriter(try writer.makeImages("x_0"), in: writer.queue))
    }
  }

  /// Whether all that has come so far is what an interrupted process had written.
  package var isTakingOver: Bool { writer.isTakingOver }

  /// How many images have come so far.
  package var count: Int { sources.count }

  /// Adds the next image.
  ///
  /// - Parameters:
  ///   - source: its file's name.
  ///   - image: x_0 as (C, H, W).
  ///   - shouldStop: asked now and then.
  ///   - made: is given each step's x_t once it is filled, as `fill` is called, and those too that an
  ///     interrupted process had written.
  ///   - filling: asked for some steps, in their order, gives what fills a step, by its number in the layout: x_t
  ///     and the noise that it holds. That runs on other threads, for several steps at once, and may run
  ///     after this function has returned.
  /// - Returns: false where it was stopped: then the image is not among those of the file.
  @discardableResult
  package func append(
    source: String, _ image: [Float], shouldStop: () -> Bool = { false },
    made: (@Sendable (_ step: Int, _ xt: UnsafeMutableBufferPointer<Float>) -> Void)? = nil,
    filling:
      (Range<Int>) ->
      @Sendable (
        _ step: Int, _ xt: UnsafeMutableBufferPointer<Float>,
        _ noise: UnsafeMutableBufferPointer<Float>
      ) -> Void
  ) throws(FileFormatError) -> Bool {
    precondition(image.count == layout.imageCount && count < layout.images, "not of the layout")
    let isWhole = try FileFormatError.translating { () throws(HDF5Error) in
      guard
        try writer.append(
          image: count, shouldStop: shouldStop, made: made, filling: filling)
      else { return false }
      try image.withUnsafeBufferPointer { values throws(HDF5Error) in try x0.append(values) }
      return true
    }
    if isWhole { sources.append(source) }
    return isWhole
  }

  /// Waits until all steps of the images that have come are filled.
  package func wait() throws(FileFormatError) {
    try FileFormatError.translating { () throws(HDF5Error) in try writer.queue.finish() }
  }

  /// Leaves what has come so far for the same work to go on with.
  package func keep() throws(FileFormatError) {
    try FileFormatError.translating { () throws(HDF5Error) in try writer.keep() }
  }

  /// Gives the file its name, with as many images as have come.
  ///
  /// - Parameter replacing: whether what has the name is replaced.
  /// - Throws: `exists` where something has the name, or what keeps the file from being written.
  package func finish(replacing: Bool = true) throws(FileFormatError) {
    try FileFormatError.translating { () throws(HDF5Error) in
      try x0.flush()
      try writer.finish(count: count, replacing: replacing) { root throws(HDF5Error) in
        try root.write("source", sources)
      }
    }
  }
}
