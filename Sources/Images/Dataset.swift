internal import Files
package import PNGCodec
internal import Synchronization

/// Images that are read when first asked for, and then kept in memory as 8-bit samples as far as a
/// limit allows; past it they are read again each time.
package final class Dataset: Sendable {
  /// The images, by index.
  package let files: [ImageFile]
  /// The size that examples have.
  package let size: ImageSize
  /// How images get it.
  package let fit: Fit
  /// The channels that examples have.
  package let format: PixelFormat

  private let background: RGB
  private let limits: PNGLimits
  private let memoryLimit: Int
  private let state: Mutex<State>

  private struct State {
    /// Images in memory.
    package var images: [PixelImage?]
    /// Bytes they take.
    var bytes = 0
    /// Images that could not be read, which is not tried again.
    var failures: [Int: PNGError] = [:]
  }

  /// - Parameters:
  ///   - files: At least one image.
  ///   - size: What examples measure.
  ///   - fit: How images of another size get it.
  ///   - format: What examples consist of.
  ///   - background: What shines through transparent pixels, and what `Fit.pad` adds.
  ///   - memoryLimit: Bytes of decoded images to keep.
  ///   - limits: Past which images are refused.
  package init(
    _ files: [ImageFile], size: ImageSize, fit: Fit = .crop, format: PixelFormat,
    background: RGB = .white, memoryLimit: Int = 2 << 30, limits: PNGLimits = .standard
  ) {
    precondition(!files.isEmpty, "a data set of no images")
    self.files = files
    self.size = size
    self.fit = fit
    self.format = format
    self.background = background
    self.limits = limits
    self.memoryLimit = memoryLimit
    state = Mutex(State(images: Array(repeating: nil, count: files.count)))
  }

  /// Image `index`, brought to the size; with `Fit.randomCrop` at least as large.
  ///
  /// - Throws: Why it cannot be read; an image that could not be read once is not tried again.
  package func image(at index: Int) throws(PNGError) -> PixelImage {
    let (known, failure) = state.withLock { ($0.images[index], $0.failures[index]) }
    if let known { return known }
    if let failure { throw failure }
    do throws(PNGError) {
      let image = try PNGReader.read(
        files[index].path, as: format, background: background, limits: limits)
      let fitted = fit.apply(to: image, size: size, background: background)
        .extendingVisibleColor
      keep(fitted, at: index)
      return fitted
    } catch {
      state.withLock { $0.failures[index] = error }
      throw error
    }
  }

  /// Takes an image as one that cannot be read.
  package func leaveOut(_ index: Int, cause: String) {
    let error = FileError(files[index].path, "is left out", cause: cause)
    state.withLock { state in
      state.bytes -= state.images[index]?.pixels.count ?? 0
      state.images[index] = nil
      state.failures[index] = state.failures[index] ?? .system(error)
    }
  }

  /// Bytes of images in memory now.
  package var bytesInMemory: Int { state.withLock { $0.bytes } }

  private func keep(_ image: PixelImage, at index: Int) {
    let bytes = image.pixels.count
    state.withLock { state in
      guard state.images[index] == nil, state.bytes + bytes <= memoryLimit else { return }
      state.images[index] = image
      state.bytes += bytes
    }
  }
}
