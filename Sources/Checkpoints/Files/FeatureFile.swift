internal import HDF5
package import SystemPackage

/// Rows of features in an HDF5 file of whatever origin.
package struct FeatureFile {
  /// Numbers in a row.
  package let dimensions: Int
  /// (N, D).
  package let rows: [Double]

  /// Reads the dataset `features`, or the only one of two axes.
  ///
  /// - Throws: `FileFormatError` where there is none, there are fewer than two rows, or a number is out of
  ///   its range.
  package init(_ path: FilePath) throws {
    let (name, shape, rows) = try FileFormatError.translating { () throws(HDF5Error) in
      try Self.read(path)
    }
    guard let name else {
      throw FileFormatError.file(
        text: "\(path): has no dataset /features of two axes, and not just one other such dataset")
    }
    guard shape[0] > 1, shape[1] > 0 else {
      throw FileFormatError.file(
        text: "\(path): dataset \(name) has shape \(HDF5Error.text(shape)); "
          + "at least two rows are needed")
    }
    if let fault = rows.lazy.compactMap(NumericSetting.features.range.fault).first {
      throw FileFormatError.file(
        text: "\(path): dataset \(name) has a number out of range: \(fault)")
    }
    dimensions = shape[1]
    self.rows = rows
  }

  private static func read(
    _ path: FilePath
  ) throws(HDF5Error) -> (name: String?, shape: [Int], rows: [Double]) {
    let found = try File.open(path).root.allDatasets().filter { $0.dataset.shape.count == 2 }
    guard
      let chosen = found.first(where: { $0.name == "features" })
        ?? (found.count == 1 ? found[0] : nil)
    else { return (nil, [], []) }
    let (name, dataset) = chosen
    // Halves are widened by our own loop, which only floats have.
    let rows: [Double] =
      dataset.type == .float64 ? try dataset.read() : try dataset.read(Float.self).map(Double.init)
    return (name, dataset.shape, rows)
  }
}
