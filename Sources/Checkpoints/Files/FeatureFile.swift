internal import HDF5
package import SystemPackage

/// Rows of features in an HDF5 file of whatever origin.
package struct FeatureFile {
  /// Numbers in a row.
  package let dimensions: Int
  /// (N, D).
  package let rows: [Double]

  /// Reads the dataset `features` of two axes.
  ///
  /// - Throws: `FileFormatError` where there is none, there are fewer than two rows, or a number is out of
  ///   its range.
  package init(_ path: FilePath) throws {
    let found = try FileFormatError.translating { () throws(HDF5Error) in try Self.read(path) }
    guard let (shape, rows) = found else {
      throw FileFormatError.file(text: "\(path): has no dataset \(Self.name) of two axes (N x D)")
    }
    guard shape[0] > 1, shape[1] > 0 else {
      throw FileFormatError.file(
        text: "\(path): dataset \(Self.name) has shape \(HDF5Error.text(shape)); "
          + "at least two rows are needed")
    }
    if let fault = rows.lazy.compactMap(NumericSetting.features.range.fault).first {
      throw FileFormatError.file(
        text: "\(path): dataset \(Self.name) has a number out of range: \(fault)")
    }
    dimensions = shape[1]
    self.rows = rows
  }

  private static let name = "features"

  /// Nil where there is none.
  private static func read(
    _ path: FilePath
  ) throws(HDF5Error) -> (shape: [Int], rows: [Double])? {
    let found = try File.open(path).root.allDatasets()
    guard let dataset = found.first(where: { $0.name == name })?.dataset, dataset.shape.count == 2
    else { return nil }
    // Halves are widened by our own loop, which only floats have.
    let rows: [Double] =
      dataset.type == .float64 ? try dataset.read() : try dataset.read(Float.self).map(Double.init)
    return (dataset.shape, rows)
  }
}
