internal import CHDF5

extension Dataset {
  /// Makes this dataset of one axis the scale `name`, by which h5py, xarray and viewers label the
  /// axes that it is attached to.
  package func makeScale(_ name: String) throws(HDF5Error) {
    Library.enter()
    defer { Library.leave() }
    try location.check(H5DSset_scale(location.id, name), "\(kind) could not become a scale")
  }

  /// Attaches `scale` to an axis of this dataset.
  package func attach(_ scale: Dataset, axis: Int) throws(HDF5Error) {
    Library.enter()
    defer { Library.leave() }
    try location.check(
      H5DSattach_scale(location.id, scale.location.id, UInt32(axis)),
      "\(kind) could not be given a scale")
  }

  /// Names an axis of this dataset.
  package func label(axis: Int, _ label: String) throws(HDF5Error) {
    Library.enter()
    defer { Library.leave() }
    try location.check(
      H5DSset_label(location.id, UInt32(axis), label), "\(kind) could not be given labels")
  }
}
