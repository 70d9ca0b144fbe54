internal import HDF5
internal import SystemPackage

/// Writes what noised files and trajectories share: /x_t, a second tensor of its shape, the steps
/// and the axes.
final class StepTensorsWriter {
  let file: File
  let root: Group
  let layout: StepLayout
  private let tensors: [Dataset]
  /// The unfinished chunks of each image that has begun, one for each tensor.
  private var rows: [Int: [RowWriter]] = [:]
  /// Datasets whose first axis is the image.
  private var byImage: [Dataset]

  /// - Parameters:
  ///   - second: the name of a tensor beside x_t; pixels cannot hold noise, so it has halves then.
  init(
    _ path: FilePath, _ format: FileFormat, _ layout: StepLayout, second: String?, config: String,
    seed: UInt64
  ) throws(HDF5Error) {
    self.layout = layout
    file = try File.create(path)
    root = try file.root
    try format.mark(root)
    try root.setAttribute("config", config)
    try root.setAttribute("seed", seed)

    let type = layout.element.type
    var tensors = [try Self.makeTensor("x_t", type, layout, in: root)]
    if let second {
      let type = type == .uint8 ? ElementType.float16 : type
      tensors.append(try Self.makeTensor(second, type, layout, in: root))
    }
    self.tensors = tensors
    byImage = tensors
  }

  /// A dataset of one image each, to be labelled and cut off with the others.
  func makeImages(_ name: String) throws(HDF5Error) -> Dataset {
    let type = layout.element.type
    let chunk = [layout.rowsPerChunk(type, of: layout.images)] + layout.imageShape
    let dataset = try root.createDataset(
      name, type, shape: [layout.images] + layout.imageShape, chunk: chunk)
    try Self.describe(dataset)
    byImage.append(dataset)
    return dataset
  }

  /// Adds the next step of an image to x_t, and `second` to the second tensor.
  func append(
    image: Int, _ xt: UnsafeBufferPointer<Float>, second: UnsafeBufferPointer<Float>?
  ) throws(HDF5Error) {
    precondition(image < layout.images && xt.count == layout.imageCount, "another image or size")
    var rows =
      self.rows.removeValue(forKey: image) ?? tensors.map { RowWriter($0, prefix: [image]) }
    try rows[0].append(xt)
    if rows.count > 1 {
      guard let second else { preconditionFailure("the second tensor has no values") }
      try rows[1].append(second)
    }
    if rows[0].count < layout.steps {
      self.rows[image] = rows
    } else {
      for index in rows.indices { try rows[index].flush() }
    }
  }

  /// Cuts off the images that did not come, adds the axes and publishes the file.
  ///
  /// - Parameter images: writes the dataset that names the images, and gives it back.
  func finish(count: Int, images: (Group) throws(HDF5Error) -> Dataset) throws(HDF5Error) {
    precondition(rows.isEmpty, "an image lacks steps")
    if count < layout.images {
      for dataset in byImage { try dataset.shorten(to: count) }
    }
    let scales = try makeScales(images: images(root))
    for dataset in byImage {
      let axes = dataset.shape.count == 5 ? scales : [scales[0]] + scales[2...]
      for (axis, scale) in axes.enumerated() { try dataset.attach(scale, axis: axis) }
    }
    try file.publish()
  }

  /// A scale for every axis, so that viewers and xarray show them by name.
  private func makeScales(images: Dataset) throws(HDF5Error) -> [Dataset] {
    if layout.timesteps.allSatisfy({ $0 == $0.rounded() }) {
      try root.write("timesteps", layout.timesteps.map { Int($0) })
    } else {
      try root.write("timesteps", layout.timesteps)
    }
    try root.write("alpha_bar", layout.alphaBar)
    try root.write("channel", Array(0..<layout.channels))
    try root.write("row", Array(0..<layout.height))
    try root.write("column", Array(0..<layout.width))
    var scales = [images]
    for name in ["timesteps", "channel", "row", "column"] {
      scales.append(try root.dataset(name))
    }
    for scale in scales { try scale.makeScale(scale.name) }
    try root.dataset("alpha_bar").attach(scales[1], axis: 0)
    return scales
  }

  private static func makeTensor(
    _ name: String, _ type: ElementType, _ layout: StepLayout, in root: Group
  ) throws(HDF5Error) -> Dataset {
    let dataset = try root.createDataset(
      name, type, shape: [layout.images, layout.steps] + layout.imageShape,
      chunk: [1, layout.rowsPerChunk(type, of: layout.steps)] + layout.imageShape)
    try describe(dataset)
    return dataset
  }

  private static func describe(_ dataset: Dataset) throws(HDF5Error) {
    guard dataset.type == .uint8 else { return }
    try dataset.setAttribute("scale_factor", ElementCoding.pixelScale)
    try dataset.setAttribute("add_offset", ElementCoding.pixelOffset)
  }
}
