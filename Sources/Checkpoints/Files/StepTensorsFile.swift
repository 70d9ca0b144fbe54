internal import HDF5
package import SystemPackage
internal import Text

/// A file of noised images or a trajectory, open for reading.
package struct StepTensorsFile: Sendable {
  package let path: FilePath
  /// `.noised` or `.trajectory`.
  package let format: FileFormat
  /// The axes, with the number of images that there are.
  package let layout: StepLayout
  /// The JSON that the writer left.
  package let config: String
  /// The seed of the noise.
  package let seed: UInt64
  /// The images' file names; empty in a trajectory.
  package let sources: [String]
  /// The images' indices; empty in a file of noisy samples.
  package let indices: [Int]
  private let xt: StoredDataset
  private let second: StoredDataset?
  private let x0: StoredDataset?

  /// Opens a file of either kind and makes sure that its datasets fit together.
  ///
  /// - Throws: `file`, `foreign`, `newer`, `otherFormat` or `inconsistent`.
  package init(opening path: FilePath) throws(FileFormatError) {
    let (format, file) = try FileFormat.open(path, as: .noised, .trajectory)
    self.path = path
    self.format = format
    let isNoised = format == .noised
    let secondName = isNoised ? "eps" : "x_0_prediction"
    var timesteps: [Double] = []
    var alphaBar: [Double] = []
    do throws(HDF5Error) {
      let root = try file.root
      config = try root.attribute("config").text()
      seed = try root.attribute("seed").unsignedInteger()
      xt = try root.dataset("x_t")
      second = try root.contains(secondName) ? root.dataset(secondName) : nil
      x0 = isNoised ? try root.dataset("x_0") : nil
      sources = isNoised ? try root.dataset("source").texts() : []
      indices = isNoised ? [] : try root.dataset("index").read()
      timesteps = try root.dataset("timesteps").numbers()
      alphaBar = try root.dataset("alpha_bar").read()
    } catch {
      throw .file(text: "\(error)")
    }
    try StoredNumbers.check(
      "/timesteps", all: timesteps, in: StoredNumbers.timesteps, path.string)
    try StoredNumbers.check("/alpha_bar", all: alphaBar, in: 0...1, path.string)
    try StoredNumbers.check("/index", all: indices, in: StoredNumbers.images, path.string)
    layout = try Self.layout(path, xt, timesteps, alphaBar)
    try check(second, [layout.images, layout.steps] + layout.imageShape)
    try check(x0, [layout.images] + layout.imageShape)
    let names = isNoised ? sources.count : indices.count
    guard names == layout.images else {
      throw .inconsistent(
        path: path.string,
        cause: "\(counted(layout.images, "image")), but \(counted(names, "name")) of them")
    }
  }

  /// Whether there is eps, or the prediction of x_0, beside x_t.
  package var hasSecond: Bool { second != nil }

  /// x_t of an image at a step, (C, H, W).
  package func xt(image: Int, step: Int) throws(FileFormatError) -> [Float] {
    try values(xt, at: [image, step])
  }

  /// x_t of an image at all steps, (step, C, H, W).
  package func xt(image: Int) throws(FileFormatError) -> [Float] {
    try values(xt, at: [image])
  }

  /// eps, or the prediction of x_0, of an image at a step, (C, H, W); nil where there is none.
  package func second(image: Int, step: Int) throws(FileFormatError) -> [Float]? {
    guard let second else { return nil }
    return try values(second, at: [image, step])
  }

  /// The clean image, (C, H, W): x_0, or a trajectory's last step.
  package func x0(image: Int) throws(FileFormatError) -> [Float] {
    guard let x0 else { return try xt(image: image, step: layout.steps - 1) }
    return try values(x0, at: [image])
  }

  private func values(_ dataset: StoredDataset, at index: [Int]) throws(FileFormatError) -> [Float]
  {
    try FileFormatError.translating { () throws(HDF5Error) in
      if dataset.type == .uint8 {
        return ElementCoding.values(of: try dataset.read(at: index))
      }
      return try dataset.read(at: index)
    }
  }

  private func check(_ dataset: StoredDataset?, _ expected: [Int]) throws(FileFormatError) {
    guard let dataset else { return }
    try FileFormatError.translating { () throws(HDF5Error) in try dataset.checkShape(expected) }
  }

  private static func layout(
    _ path: FilePath, _ xt: StoredDataset, _ timesteps: [Double], _ alphaBar: [Double]
  ) throws(FileFormatError) -> StepLayout {
    let shape = xt.shape
    guard shape.count == 5, shape[1] == timesteps.count, shape[1] == alphaBar.count else {
      throw .inconsistent(
        path: path.string,
        cause:
          "x_t has shape \(HDF5Error.text(shape)), but there are \(counted(timesteps.count, "timestep")) "
          + "and \(alphaBar.count) values of alpha_bar")
    }
    guard let element = StoredElement.allCases.first(where: { $0.type == xt.type }) else {
      throw .inconsistent(path: path.string, cause: "x_t holds \(xt.type)")
    }
    return StepLayout(
      images: shape[0], timesteps: timesteps, alphaBar: alphaBar, channels: shape[2],
      height: shape[3], width: shape[4], element: element)
  }
}
