internal import CHDF5

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

// Labels of axes, by which h5py, xarray and viewers show them: attributes, of the types that the library's H5DS
// gives them ("HDF5 Dimension Scale Specification"). H5DS itself is in another library, which not all systems tell
// how to link with.

extension Dataset {
  /// Labels the axes of this dataset; an empty label is none.
  package func label(axes labels: [String]) throws(HDF5Error) {
    precondition(labels.count == shape.count, "\(kind) has \(shape.count) axes")
    Library.enter()
    defer { Library.leave() }
    let failure = "\(kind) could not be given labels"
    let type = try location.own(H5Tcopy(st_h5_text()), failure)
    try location.check(H5Tset_size(type.id, st_h5_variable_size()), failure)
    let texts = labels.map { $0.isEmpty ? nil : strdup($0) }
    defer { for text in texts { free(text) } }
    try add("DIMENSION_LABELS", type, texts, failure)
  }

  /// Makes datasets of one axis the scales of the axes of others, each under its own name.
  ///
  /// - Parameter axes: datasets with the scale of each of their axes, which is one of `scales`.
  package static func makeScales(
    _ scales: [Dataset], of axes: [(dataset: Dataset, scales: [Dataset])]
  ) throws(HDF5Error) {
    Library.enter()
    defer { Library.leave() }
    for (dataset, scales) in axes { try dataset.attach(scales) }
    for scale in scales {
      var uses: [st_h5_scale_use] = []
      for (dataset, its) in axes {
        for (axis, one) in its.enumerated() where one.location === scale.location {
          uses.append(st_h5_scale_use(dataset: try dataset.reference(), dimension: CInt(axis)))
        }
      }
      try scale.becomeScale(of: uses)
    }
  }

  private func attach(_ scales: [Dataset]) throws(HDF5Error) {
    precondition(scales.count == shape.count, "\(kind) has \(shape.count) axes")
    let failure = "\(kind) could not be given scales"
    let type = try location.own(H5Tvlen_create(st_h5_object_reference()), failure)
    // Each axis has a list, of one scale.
    let references = UnsafeMutablePointer<hobj_ref_t>.allocate(capacity: scales.count)
    defer { references.deallocate() }
    for (axis, scale) in scales.enumerated() { references[axis] = try scale.reference() }
    let lists = scales.indices.map { hvl_t(len: 1, p: references + $0) }
    try add("DIMENSION_LIST", type, lists, failure)
  }

  private func becomeScale(of uses: [st_h5_scale_use]) throws(HDF5Error) {
    let failure = "\(kind) could not become a scale"
    for (attribute, text) in [("CLASS", "DIMENSION_SCALE"), ("NAME", name)] {
      let characters = Array(text.utf8CString)
      let type = try location.own(H5Tcopy(st_h5_text()), failure)
      try location.check(H5Tset_size(type.id, characters.count), failure)
      try add(attribute, type, characters, isList: false, failure)
    }
    guard !uses.isEmpty else { return }
    let type = try location.own(st_h5_make_scale_use(), failure)
    try add("REFERENCE_LIST", type, uses, failure)
  }

  private func reference() throws(HDF5Error) -> hobj_ref_t {
    var reference: hobj_ref_t = 0
    try location.check(
      st_h5_refer(&reference, location.id), "\(kind) could not be referred to")
    return reference
  }

  /// Adds an attribute of elements, or of one that `values` are the bytes of.
  private func add<T: BitwiseCopyable>(
    _ name: String, _ type: borrowing Handle, _ values: [T], isList: Bool = true, _ failure: String
  ) throws(HDF5Error) {
    let extent = [hsize_t(values.count)]
    let space = try location.own(
      isList ? H5Screate_simple(1, extent, nil) : H5Screate(H5S_SCALAR), failure)
    let attribute = try location.own(
      H5Acreate2(location.id, name, type.id, space.id, st_h5_default(), st_h5_default()), failure)
    let result = values.withUnsafeBytes { H5Awrite(attribute.id, type.id, $0.baseAddress) }
    try location.check(result, failure)
  }
}
