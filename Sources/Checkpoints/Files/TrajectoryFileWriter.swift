internal import HDF5
package import SystemPackage

/// Writes images at the steps of the reverse process, many at a time.
///
///     attributes   format "stipple-trajectory", format_version, config (JSON), seed
///     /x_t (image, step, C, H, W)   /x_0_prediction likewise, where asked for
///     /index (image)   /timesteps (step)   /alpha_bar (step)   /channel   /row   /column
///
/// The last step is x_0, at timestep -1 and abar 1. The file appears with `finish()`, and not at all
/// without it.
package final class TrajectoryFileWriter {
  /// The axes.
  package let layout: StepLayout
  private let writer: StepTensorsWriter
  private let withPrediction: Bool

  /// Begins the file.
  ///
  /// - Parameters:
  ///   - config: checkpoint, schedule and sampler as JSON.
  ///   - seed: of the noise.
  package init(
    _ path: FilePath, _ layout: StepLayout, withPrediction: Bool, config: String, seed: UInt64
  ) throws(FileFormatError) {
    self.layout = layout
    self.withPrediction = withPrediction
    writer = try FileFormatError.translating { () throws(HDF5Error) in
      try StepTensorsWriter(
        path, .trajectory, layout, second: withPrediction ? "x_0_prediction" : nil,
        config: config, seed: seed)
    }
  }

  /// Adds the next step of an image; the images of a batch may take turns.
  ///
  /// - Parameters:
  ///   - position: the image's place on the first axis.
  ///   - xt: (C, H, W).
  ///   - prediction: of x_0 from x_t, needed where the file is to have it.
  package func append(
    position: Int, _ xt: UnsafeBufferPointer<Float>, prediction: UnsafeBufferPointer<Float>? = nil
  ) throws(FileFormatError) {
    try FileFormatError.translating { () throws(HDF5Error) in
      try writer.append(image: position, xt, second: withPrediction ? prediction : nil)
    }
  }

  /// Gives the file its name.
  ///
  /// - Parameters:
  ///   - indices: the image's index for each position; the images at further positions are
  ///     cut off.
  ///   - replacing: whether a file that has the name is replaced.
  package func finish(indices: [Int], replacing: Bool = true) throws(FileFormatError) {
    try FileFormatError.translating { () throws(HDF5Error) in
      try writer.finish(count: indices.count, replacing: replacing) { root throws(HDF5Error) in
        try root.write("index", indices)
      }
    }
  }
}
