internal import HDF5
package import SystemPackage

/// Images with noise added as they are, neither rounded nor clipped, for other programs to take it out
/// of the same ones.
///
///     attributes   format "stipple-noisy", format_version, sigma (gray levels of 255), seed
///     /source (image)   /noisy/000000, 000001, … (C, H, W), on the [-1, 1] scale
///
/// Images may differ in size. The file appears with `finish()`, and not at all without it.
package final class NoisyImagesFile {
  private let file: File
  private var sources: [String] = []

  /// Begins the file.
  package init(_ path: FilePath, sigma: Double, seed: UInt64) throws(FileFormatError) {
    file = try FileFormatError.translating { () throws(HDF5Error) in
      let file = try File.create(path)
      let root = try file.root
      try FileFormat.noisy.mark(root)
      try root.setAttribute("sigma", sigma)
      try root.setAttribute("seed", seed)
      _ = try root.createGroup(Self.group)
      return file
    }
  }

  /// Adds the next image, (C, H, W).
  package func append(source: String, _ values: [Float], shape: [Int]) throws(FileFormatError) {
    try FileFormatError.translating { () throws(HDF5Error) in
      try file.root.createDataset(
        "\(Self.group)/\(Self.name(of: sources.count))", .float32, shape: shape
      )
      .write(values)
    }
    sources.append(source)
  }

  fileprivate static let group = "noisy"

  fileprivate static func name(of index: Int) -> String {
    let digits = String(index)
    return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }

  /// Gives the file its name.
  ///
  /// - Parameter replacing: whether a file that has the name is replaced.
  package func finish(replacing: Bool = true) throws(FileFormatError) {
    try FileFormatError.translating { () throws(HDF5Error) in
      try file.root.write("source", sources)
      try file.publish(replacing: replacing)
    }
  }
}

/// Images with noise added, read from their file.
package struct NoisyImages: Sendable {
  /// The noise's standard deviation in gray levels of 255.
  package let sigma: Double
  /// What the noise follows from.
  package let seed: UInt64
  /// Which images these were, in order.
  package let sources: [String]
  private let path: FilePath
  /// By source: the first that is called so.
  private let images: [String: StoredDataset]

  /// Reads what the file at `path` says.
  ///
  /// - Throws: `FileFormatError` where it is none.
  package init(_ path: FilePath) throws(FileFormatError) {
    let file = try FileFormat.open(path, as: .noisy).file
    self.path = path
    let datasets: [String: StoredDataset]
    (sigma, seed, sources, datasets) = try FileFormatError.translating { () throws(HDF5Error) in
      let root = try file.root
      return (
        try root.attribute("sigma").double(), try root.attribute("seed").unsignedInteger(),
        try root.dataset("source").texts(),
        Dictionary(uniqueKeysWithValues: try root.group(NoisyImagesFile.group).allDatasets())
      )
    }
    var images: [String: StoredDataset] = [:]
    for (index, source) in sources.enumerated() where images[source] == nil {
      images[source] = datasets[NoisyImagesFile.name(of: index)]
    }
    self.images = images
    if let fault = NumericSetting.sigma.fault(sigma) {
      throw .inconsistent(path: path.string, cause: "sigma \(fault)")
    }
  }

  /// The image of a source on the [-1, 1] scale, its shape (C, H, W); nil where there is none.
  package func image(
    of source: String
  ) throws(FileFormatError) -> (values: [Float], shape: [Int])? {
    guard let dataset = images[source] else { return nil }
    guard dataset.shape.count == 3 else {
      throw .inconsistent(path: path.string, cause: "\(source) is not an image (C, H, W)")
    }
    let values = try FileFormatError.translating { () throws(HDF5Error) in
      try dataset.read() as [Float]
    }
    return (values, dataset.shape)
  }
}
