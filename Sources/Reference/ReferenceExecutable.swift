package import Compiler

/// A schedule whose instructions are computed one by one, each tensor in an array of its own.
package final class ReferenceExecutable: Executable {
  private let schedule: Schedule
  private var memory: Memory

  init(_ schedule: Schedule, parameters: ReferenceStorage, gradients: ReferenceStorage?) {
    self.schedule = schedule
    memory = Memory(
      tensors: schedule.shapes.map { Values($0) }, parameters: parameters, gradients: gradients)
  }

  package var bytes: Int {
    memory.tensors.reduce(0) { $0 + $1.elements.count * MemoryLayout<Double>.stride }
  }

  package var implementations: [String?] { schedule.instructions.map { _ in nil } }

  /// A tensor's values: (N, C, H, W) or row-major.
  package subscript(tensor: Tensor) -> [Double] {
    get { memory[tensor].elements }
    set { memory.tensors[tensor].elements = newValue }
  }

  package func write(_ values: UnsafeBufferPointer<Float>, to tensor: Tensor) {
    self[tensor] = values.map { Double($0) }
  }

  package func read(_ tensor: Tensor, into values: UnsafeMutableBufferPointer<Float>) {
    for (i, value) in self[tensor].enumerated() { values[i] = Float(value) }
  }

  package func release() {}

  package func begin(_ state: RunState, parametersChanged: Bool) {
    memory.state = state
    memory.gradients?.zero()
  }

  package func run(_ instruction: Int) {
    schedule.instructions[instruction].reference.compute(&memory)
  }
}

/// What instructions read and write.
struct Memory {
  var tensors: [Values]
  let parameters: ReferenceStorage
  let gradients: ReferenceStorage?
  var state = RunState()

  init(tensors: [Values], parameters: ReferenceStorage, gradients: ReferenceStorage?) {
    self.tensors = tensors
    self.parameters = parameters
    self.gradients = gradients
  }

  subscript(tensor: Tensor) -> Values { tensors[tensor] }

  /// Sets all elements of images, or of rows, whose only pixel is 0.
  mutating func fill(
    _ tensor: Tensor, _ value: (_ n: Int, _ c: Int, _ pixel: Int) -> Double
  ) {
    tensors[tensor].fill(value)
  }

  /// A tensor of zeros to be filled.
  func zeros(like tensor: Tensor) -> Values { Values(tensors[tensor].shape) }

  /// Adds to a parameter's gradient, which is zero when a run begins: several instructions may have a part
  /// in it.
  func add(_ gradient: [Double], toGradient parameter: Int) {
    guard let gradients else { return }
    gradients[parameter] = zip(gradients[parameter], gradient).map(+)
  }
}

/// A tensor: images (N, H, W, C), which lie as (N, C, H, W), or (N, C), or (N).
struct Values {
  let shape: [Int]
  var elements: [Double]
  private let channels, height, width: Int

  /// Zeros.
  init(_ shape: [Int]) {
    self.shape = shape
    elements = [Double](repeating: 0, count: shape.reduce(1, *))
    channels = shape.count == 4 ? shape[3] : shape.last ?? 1
    (height, width) = shape.count == 4 ? (shape[1], shape[2]) : (1, 1)
  }

  var images: Int { shape[0] }
  var pixels: Int { height * width }
  /// Of images: the coordinates (y, x) of all pixels.
  var rows: Range<Int> { 0..<height }
  var columns: Range<Int> { 0..<width }

  /// An element of images.
  subscript(n: Int, c: Int, y: Int, x: Int) -> Double {
    get { elements[((n * channels + c) * height + y) * width + x] }
    set { elements[((n * channels + c) * height + y) * width + x] = newValue }
  }

  /// An element of images, with pixels numbered row by row, or of rows (N, C).
  subscript(n: Int, c: Int, pixel: Int = 0) -> Double {
    get { elements[(n * channels + c) * pixels + pixel] }
    set { elements[(n * channels + c) * pixels + pixel] = newValue }
  }

  /// Sets all elements of images, or of rows, whose only pixel is 0.
  mutating func fill(_ value: (_ n: Int, _ c: Int, _ pixel: Int) -> Double) {
    for n in 0..<images {
      for c in 0..<channels { for pixel in 0..<pixels { self[n, c, pixel] = value(n, c, pixel) } }
    }
  }
}
