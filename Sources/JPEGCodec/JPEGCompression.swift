internal import CTurboJPEG

/// What JPEG compression does to pixels: there and back (ITU-T T.81), by libjpeg-turbo.
package final class JPEGCompression {
  /// How much smaller the chroma planes are.
  package enum Subsampling: String, Codable, CaseIterable, Sendable {
    case none = "4:4:4"
    case columns = "4:2:2"
    case both = "4:2:0"

    fileprivate var code: Int32 {
      switch self {
      case .none: Int32(TJSAMP_444.rawValue)
      case .columns: Int32(TJSAMP_422.rawValue)
      case .both: Int32(TJSAMP_420.rawValue)
      }
    }
  }

  /// What the library says.
  package struct Failure: Error, CustomStringConvertible {
    package let description: String
  }

  // Made by the library and given back to it at the end.
  private let compressor, decompressor: UnsafeMutableRawPointer

  /// Makes the library's tools; one value serves many images, on one thread at a time.
  package init() throws(Failure) {
    guard let compressor = tjInitCompress() else {
      throw Failure(description: "libjpeg-turbo: could not be started")
    }
    guard let decompressor = tjInitDecompress() else {
      tjDestroy(compressor)
      throw Failure(description: "libjpeg-turbo: could not be started")
    }
    (self.compressor, self.decompressor) = (compressor, decompressor)
  }

  deinit {
    tjDestroy(compressor)
    tjDestroy(decompressor)
  }

  /// The pixels as they come back.
  ///
  /// - Parameters:
  ///   - pixels: (height, width, channels), gray or RGB.
  ///   - quality: 1 to 100.
  package func compressed(
    _ pixels: [UInt8], width: Int, height: Int, channels: Int, quality: Int,
    subsampling: Subsampling = .both
  ) throws(Failure) -> [UInt8] {
    precondition(pixels.count == width * height * channels, "the pixels have another size")
    precondition(channels == 1 || channels == 3, "gray or RGB")
    let format = Int32((channels == 1 ? TJPF_GRAY : TJPF_RGB).rawValue)
    let samples = channels == 1 ? Int32(TJSAMP_GRAY.rawValue) : subsampling.code
    let (columns, rows) = (Int32(width), Int32(height))
    var bytes: UnsafeMutablePointer<UInt8>?
    var size: UInt = 0
    defer { tjFree(bytes) }
    guard
      tjCompress2(
        compressor, pixels, columns, 0, rows, format, &bytes, &size, samples, Int32(quality), 0)
        == 0
    else { throw failure(compressor) }
    var result = [UInt8](repeating: 0, count: pixels.count)
    guard
      tjDecompress2(decompressor, bytes, size, &result, columns, 0, rows, format, 0) == 0
    else { throw failure(decompressor) }
    return result
  }

  private func failure(_ handle: UnsafeMutableRawPointer) -> Failure {
    Failure(description: "libjpeg-turbo: \(String(cString: tjGetErrorStr2(handle)))")
  }
}
