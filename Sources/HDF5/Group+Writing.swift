internal import CHDF5

extension Group {
  /// Adds an empty group.
  package func createGroup(_ name: String) throws(HDF5Error) -> Group {
    Library.enter()
    defer { Library.leave() }
    let full = location.name(of: name)
    let failure = "group \(full) could not be created"
    let creation = try location.own(H5Pcreate(st_h5_group_creation()), failure)
    // All links in the group's header: past 8 they would go into a heap, and of a damaged heap the
    // library (1.10.8) frees memory that it does not have.
    try location.check(H5Pset_link_phase_change(creation.id, 65535, 0), failure)
    try location.check(H5Pset_obj_track_times(creation.id, false), failure)
    let id = try location.check(
      H5Gcreate2(location.id, name, st_h5_default(), creation.id, st_h5_default()), failure)
    return Group(Location(location.file, full, Handle(owning: id)))
  }

  /// Adds a dataset to be written piece by piece.
  ///
  /// - Parameters:
  ///   - shape: lengths of one axis or more; a single number has shape [1].
  ///   - chunk: how the elements lie together and share a checksum; by default all in one, or
  ///     split along the first axis past 64 MiB. Who writes pieces needs chunks of that size.
  ///   - isPacked: whether each chunk is made shorter by shuffle and deflate.
  package func createDataset(
    _ name: String, _ type: ElementType, shape: [Int], chunk: [Int]? = nil, isPacked: Bool = false
  ) throws(HDF5Error) -> Dataset {
    Library.enter()
    defer { Library.leave() }
    precondition(!shape.isEmpty, "the C library does not checksum datasets without an axis")
    let full = location.name(of: name)
    let failure = "dataset \(full) could not be created"
    let chunk = chunk ?? Self.chunk(shape, elementSize: type.byteCount)
    precondition(chunk.count == shape.count)

    let fileType = try location.own(type.makeFileType(), failure)
    let extent = shape.map { hsize_t($0) }
    let space = try location.own(H5Screate_simple(CInt(shape.count), extent, nil), failure)
    let creation = try location.own(H5Pcreate(st_h5_dataset_creation()), failure)
    try location.check(
      H5Pset_chunk(creation.id, CInt(chunk.count), chunk.map { hsize_t($0) }), failure)
    if isPacked {
      try location.check(H5Pset_shuffle(creation.id), failure)
      try location.check(H5Pset_deflate(creation.id, 9), failure)
    }
    try location.check(H5Pset_fletcher32(creation.id), failure)
    // Equal contents are to have equal bytes, whenever they are written.
    try location.check(H5Pset_obj_track_times(creation.id, false), failure)
    try location.check(H5Pset_fill_time(creation.id, H5D_FILL_TIME_NEVER), failure)

    let id = try location.check(
      H5Dcreate2(
        location.id, name, fileType.id, space.id, st_h5_default(), creation.id, st_h5_default()),
      failure)
    return Dataset(
      created: Location(location.file, full, Handle(owning: id)), type, shape, chunk: chunk,
      isPacked: isPacked)
  }

  /// Adds a dataset with `values` in row-major order.
  ///
  /// - Parameters:
  ///   - type: `float16` rounds floats to the nearest half; by default the numbers' own.
  ///   - isPacked: whether the bytes are made shorter where there are enough of them.
  @discardableResult
  package func write<T: Element>(
    _ name: String, _ values: UnsafeBufferPointer<T>, shape: [Int], as type: ElementType? = nil,
    isPacked: Bool = false
  ) throws(HDF5Error) -> Dataset {
    let type = type ?? T.elementType
    // Fewer bytes become longer by what says how they are packed.
    let isLong = values.count * type.byteCount >= 1024
    let dataset = try createDataset(name, type, shape: shape, isPacked: isPacked && isLong)
    try dataset.write(values)
    return dataset
  }

  /// Adds a dataset with `values` in row-major order, along one axis unless told.
  @discardableResult
  package func write<T: Element>(
    _ name: String, _ values: [T], shape: [Int]? = nil, as type: ElementType? = nil
  ) throws(HDF5Error) -> Dataset {
    let dataset = try createDataset(name, type ?? T.elementType, shape: shape ?? [values.count])
    try dataset.write(values)
    return dataset
  }

  /// Adds a list of texts, each filled up with zeros to the longest one's length.
  @discardableResult
  package func write(_ name: String, _ texts: [String]) throws(HDF5Error) -> Dataset {
    let length = max(1, texts.map(\.utf8.count).max() ?? 1)
    let dataset = try createDataset(name, .text(bytes: length), shape: [texts.count])
    try dataset.write(texts)
    return dataset
  }

  /// One chunk, or as many whole rows as fit into 64 MiB.
  static func chunk(_ shape: [Int], elementSize: Int) -> [Int] {
    let rowBytes = shape.dropFirst().reduce(elementSize) { $0 * max(1, $1) }
    let rows = max(1, min(max(1, shape[0]), (64 << 20) / max(1, rowBytes)))
    return [rows] + shape.dropFirst().map { max(1, $0) }
  }
}

extension Group {
  /// The group at a path of several names, of which those that there are not are created.
  package func createGroups(_ path: String) throws(HDF5Error) -> Group {
    var group = self
    for name in path.split(separator: "/").map(String.init) {
      group = try group.contains(name) ? group.group(name) : group.createGroup(name)
    }
    return group
  }
}
