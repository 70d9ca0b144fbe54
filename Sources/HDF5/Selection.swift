internal import CHDF5

/// A box of elements in a dataset.
struct Selection {
  /// The first element along every axis.
  let start: [Int]
  /// How many elements along every axis.
  let lengths: [Int]

  var count: Int { lengths.reduce(1, *) }

  /// All elements whose first indices are `index`: with an empty one everything.
  init(_ index: [Int], of shape: [Int]) {
    precondition(
      index.count <= shape.count && zip(index, shape).allSatisfy { 0 <= $0 && $0 < $1 },
      "index \(index) outside of shape \(shape)")
    start = index + [Int](repeating: 0, count: shape.count - index.count)
    lengths = [Int](repeating: 1, count: index.count) + shape.dropFirst(index.count)
  }

  /// The box that begins at `start`, cut off where the shape ends.
  init(start: [Int], lengths: [Int], within shape: [Int]) {
    self.start = start
    self.lengths = shape.indices.map { min(lengths[$0], shape[$0] - start[$0]) }
  }

  /// The C library's selection in the file, and the space of as many elements in memory.
  func makeSpaces(
    in dataset: Dataset, _ failure: String
  ) throws(HDF5Error) -> (file: Space, memory: Space) {
    let location = dataset.location
    let file = Space(try location.own(H5Dget_space(location.id), failure))
    if !start.isEmpty {
      try location.check(
        H5Sselect_hyperslab(
          file.handle.id, H5S_SELECT_SET, start.map { hsize_t($0) }, nil,
          lengths.map { hsize_t($0) }, nil), failure)
    }
    let memory = Space(try location.own(H5Screate_simple(1, [hsize_t(count)], nil), failure))
    return (file, memory)
  }
}

/// A dataspace that can stand in a tuple.
final class Space {
  let handle: Handle

  init(_ handle: consuming Handle) {
    self.handle = handle
  }
}
