internal import HDF5
package import SystemPackage

/// Reads everything in one of Stipple's files, so that every checksum is compared.
package struct FileVerification: Equatable, Sendable {
  package let format: FileFormat
  /// How many datasets there are.
  package let datasets: Int
  /// Bytes of their elements.
  package let bytes: Int
  /// Datasets that no checksum covers; another program has changed the file.
  package let unprotected: [String]

  /// - Throws: `file`, which names the first damaged dataset, `foreign` or `newer`.
  package init(_ path: FilePath) throws(FileFormatError) {
    let (format, file) = try FileFormat.open(path)
    let datasets = try FileFormatError.translating { () throws(HDF5Error) in
      try file.root.allDatasets()
    }
    var bytes = 0
    var unprotected: [String] = []
    for (name, dataset) in datasets {
      let isChecksummed = try FileFormatError.translating { () throws(HDF5Error) in
        try dataset.verify()
        return dataset.isChecksummed
      }
      if !isChecksummed { unprotected.append(name) }
      bytes += dataset.count * dataset.type.byteCount
    }
    self.format = format
    self.datasets = datasets.count
    self.bytes = bytes
    self.unprotected = unprotected
  }
}
