internal import HDF5

/// What the elements of x_t are on disk.
package enum StoredElement: String, CaseIterable, Sendable {
  case float32 = "f32"
  case float16 = "f16"
  /// Pixels: 0 … 255 for -1 … 1; what lies outside is clipped.
  case pixel = "u8"

  var type: ElementType {
    switch self {
    case .float32: .float32
    case .float16: .float16
    case .pixel: .uint8
    }
  }
}

/// The axes of tensors (image, step, C, H, W).
package struct StepLayout: Equatable, Sendable {
  /// How many images there may be.
  package var images: Int
  /// The timestep of each step; -1 stands for the clean image.
  package var timesteps: [Double]
  /// abar of each step.
  package var alphaBar: [Double]
  package var channels: Int
  package var height: Int
  package var width: Int
  package var element: StoredElement

  package init(
    images: Int, timesteps: [Double], alphaBar: [Double], channels: Int, height: Int, width: Int,
    element: StoredElement = .float32
  ) {
    precondition(timesteps.count == alphaBar.count, "every timestep has its abar")
    self.images = images
    self.timesteps = timesteps
    self.alphaBar = alphaBar
    self.channels = channels
    self.height = height
    self.width = width
    self.element = element
  }

  package var steps: Int { timesteps.count }

  /// Elements of one image at one step.
  package var imageCount: Int { channels * height * width }

  /// The shape of one image.
  var imageShape: [Int] { [channels, height, width] }

  /// How many images or steps of `type` make up about 1 MiB, which is what readers keep in memory.
  func rowsPerChunk(_ type: ElementType, of rows: Int) -> Int {
    max(1, min(rows, (1 << 20) / max(1, imageCount * type.byteCount)))
  }
}
