internal import HDF5
internal import SystemPackage

/// Writes what noised files and trajectories share: /x_t, a second tensor of its shape, the steps
/// and the axes.
final class StepTensorsWriter {
  /// Given a step's number, fills x_t and the second tensor's values.
  typealias Filling =
    @Sendable (
      _ step: Int, _ xt: UnsafeMutableBufferPointer<Float>,
      _ second: UnsafeMutableBufferPointer<Float>
    ) -> Void

  let file: File
  let root: Group
  let layout: StepLayout
  /// What the chunks go through.
  let queue = ChunkQueue()
  private let tensors: [Dataset]
  /// The unfinished chunks of each image that has begun, one for each tensor.
  private var rows: [Int: [RowWriter]] = [:]
  /// Datasets whose first axis is the image.
  private var byImage: [Dataset]
  /// Whether what the file has at a chunk's place may be what an interrupted process has written there.
  private(set) var isTakingOver = false
  /// A chunk of each tensor, for comparison.
  private lazy var left = tensors.map { ChunkBuffer(elementBytes: $0.chunkBytes) }

  /// - Parameters:
  ///   - second: the name of a tensor beside x_t; pixels cannot hold noise, so it has halves then.
  ///   - work: tells from other work what is to be gone on with after an interruption, see `keep()`.
  init(
    _ path: FilePath, _ format: FileFormat, _ layout: StepLayout, second: String?, config: String,
    seed: UInt64, resuming work: String? = nil
  ) throws(HDF5Error) {
    self.layout = layout
    if let work {
      (file, isTakingOver) = try File.resume(work, of: path, isLarge: true)
    } else {
      file = try File.create(path, isLarge: true)
    }
    root = try file.root
    try format.mark(root)
    try root.setAttribute("config", config)
    try root.setAttribute("seed", seed)

    let type = layout.element.type
    // One of pixels has a second one of halves, and chunks of as many steps.
    let secondType = type == .uint8 ? ElementType.float16 : type
    let rows = layout.rowsPerChunk(second == nil ? type : secondType, of: layout.steps)
    var tensors = [try Self.makeTensor("x_t", type, layout, rows: rows, in: root)]
    if let second {
      tensors.append(try Self.makeTensor(second, secondType, layout, rows: rows, in: root))
    }
    self.tensors = tensors
    byImage = tensors
  }

  deinit {
    // What is under way holds the file, which is to be gone when its writer is.
    try? queue.finish()
  }

  /// A dataset of one image each, to be labeled and cut off with the others.
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
  package func append(
    image: Int, _ xt: UnsafeBufferPointer<Float>, second: UnsafeBufferPointer<Float>?
  ) throws(HDF5Error) {
    precondition(image < layout.images && xt.count == layout.imageCount, "another image or size")
    var rows =
      self.rows.removeValue(forKey: image)
      ?? tensors.map { RowWriter($0, prefix: [image], in: queue) }
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

  /// Adds all steps of an image, which are made on other threads and in any order.
  ///
  /// - Parameters:
  ///   - shouldStop: asked before each chunk.
  ///   - made: is given each step's x_t once it is filled, and those too that an interrupted process had
  ///     written.
  ///   - filling: gives for the steps of a chunk what fills x_t and the second tensor's values, which are
  ///     dropped where the file has no second tensor.
  /// - Returns: false where it was stopped.
  package func append(
    image: Int, shouldStop: () -> Bool,
    made: (@Sendable (_ step: Int, _ xt: UnsafeMutableBufferPointer<Float>) -> Void)?,
    filling: (Range<Int>) -> Filling
  ) throws(HDF5Error) -> Bool {
    let rows = (tensors[0].chunk ?? tensors[0].shape)[1]
    for first in stride(from: 0, to: layout.steps, by: rows) {
      if shouldStop() { return false }
      let steps = first..<min(first + rows, layout.steps)
      let fill = filling(steps)
      let places = tensors.map { ChunkQueue.Place(dataset: $0, start: [image, first, 0, 0, 0]) }
      if isTakingOver, try takeOver(places, first, fill) {
        guard let made else { continue }
        for step in steps {
          withValues { xt, second in
            fill(step, xt, second)
            made(step, xt)
          }
        }
        continue
      }
      try queue.add(places) { [layout, types = tensors.map(\.type)] buffers in
        let chunks = zip(buffers, types).map { StepChunk($0, $1, layout) }
        for (row, step) in steps.enumerated() {
          chunks[0].withRow(row) { xt in
            if chunks.count > 1 {
              chunks[1].withRow(row) { fill(step, xt, $0) }
            } else {
              withUnsafeTemporaryAllocation(of: Float.self, capacity: xt.count) {
                fill(step, xt, $0)
              }
            }
            made?(step, xt)
          }
        }
        for chunk in chunks { chunk.clear(from: steps.count) }
      }
    }
    return true
  }

  /// Leaves chunks as an interrupted process has written them, where it has: where they are whole, and
  /// their first step is what `fill` says. From the first that are not on all are written.
  private func takeOver(
    _ places: [ChunkQueue.Place], _ step: Int, _ fill: Filling
  ) throws(HDF5Error) -> Bool {
    // What came between is written in its turn, so that all places are what they would have been.
    try queue.finish()
    var (isWhole, first) = (true, Int.max)
    for (place, buffer) in zip(places, left) {
      let found = try place.dataset.takeOver(buffer, at: place.start)
      isWhole = isWhole && found.isWhole
      first = min(first, found.place)
    }
    if isWhole, isFilled(step, fill) { return true }
    places[0].dataset.cutLeft(from: first)
    isTakingOver = false
    return false
  }

  /// Whether the chunks' first step is what `fill` says.
  private func isFilled(_ step: Int, _ fill: Filling) -> Bool {
    withValues { xt, second in
      fill(step, xt, second)
      return zip(zip(tensors, left), [xt, second]).allSatisfy { chunk, values in
        let (tensor, buffer) = chunk
        let size = values.count * tensor.type.byteCount
        return withUnsafeTemporaryAllocation(byteCount: size, alignment: 16) { bytes in
          ElementCoding.encode(UnsafeBufferPointer(values), as: tensor.type, into: bytes)
          return bytes.elementsEqual(buffer.elements[..<size])
        }
      }
    }
  }

  /// Memory for a step's values.
  private func withValues<Result>(
    _ body: (UnsafeMutableBufferPointer<Float>, UnsafeMutableBufferPointer<Float>) -> Result
  ) -> Result {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: layout.imageCount) { xt in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: layout.imageCount) { body(xt, $0) }
    }
  }

  /// Leaves what is written so far for the same work to go on with.
  func keep() throws(HDF5Error) {
    try queue.finish()
    file.keep()
  }

  /// Cuts off the images that did not come, adds the axes and publishes the file.
  ///
  /// - Parameters:
  ///   - replacing: whether a file that has the name is replaced.
  ///   - images: writes the dataset that names the images, and gives it back.
  func finish(
    count: Int, replacing: Bool, images: (Group) throws(HDF5Error) -> Dataset
  ) throws(HDF5Error) {
    precondition(rows.isEmpty, "an image lacks steps")
    try queue.finish()
    if count < layout.images {
      for dataset in byImage { try dataset.shorten(to: count) }
    }
    try makeScales(images: images(root))
    try file.publish(replacing: replacing)
  }

  /// A scale for every axis, so that viewers and xarray show them by name.
  private func makeScales(images: Dataset) throws(HDF5Error) {
    let timesteps = try root.writeNumbers("timesteps", layout.timesteps)
    let alphaBar = try root.write("alpha_bar", layout.alphaBar)
    let scales = [
      images, timesteps,
      try root.write("channel", Array(0..<layout.channels)),
      try root.write("row", Array(0..<layout.height)),
      try root.write("column", Array(0..<layout.width)),
    ]
    let byAxes = byImage.map { dataset in
      (dataset, dataset.shape.count == 5 ? scales : [scales[0]] + scales[2...])
    }
    try Dataset.makeScales(scales, of: [(alphaBar, [timesteps])] + byAxes)
  }

  private static func makeTensor(
    _ name: String, _ type: ElementType, _ layout: StepLayout, rows: Int, in root: Group
  ) throws(HDF5Error) -> Dataset {
    let dataset = try root.createDataset(
      name, type, shape: [layout.images, layout.steps] + layout.imageShape,
      chunk: [1, rows] + layout.imageShape)
    try describe(dataset)
    return dataset
  }

  private static func describe(_ dataset: Dataset) throws(HDF5Error) {
    guard dataset.type == .uint8 else { return }
    try dataset.setAttribute("scale_factor", ElementCoding.pixelScale)
    try dataset.setAttribute("add_offset", ElementCoding.pixelOffset)
  }
}

/// A chunk of steps that is being filled.
private struct StepChunk {
  private let buffer: ChunkBuffer
  private let type: ElementType
  /// Elements of a step.
  private let count: Int

  init(_ buffer: ChunkBuffer, _ type: ElementType, _ layout: StepLayout) {
    self.buffer = buffer
    self.type = type
    count = layout.imageCount
  }

  private var rowBytes: Int { count * type.byteCount }

  /// Floats for a step, in the chunk itself or on their way there.
  func withRow(_ row: Int, _ fill: (UnsafeMutableBufferPointer<Float>) -> Void) {
    let bytes = UnsafeMutableRawBufferPointer(
      rebasing: buffer.elements[(row * rowBytes)..<((row + 1) * rowBytes)])
    if type == .float32 { return fill(bytes.bindMemory(to: Float.self)) }
    withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { values in
      fill(values)
      ElementCoding.encode(UnsafeBufferPointer(values), as: type, into: bytes)
    }
  }

  /// Sets the rows from `row` on to zero.
  func clear(from row: Int) { buffer.clear(from: row * rowBytes) }
}
