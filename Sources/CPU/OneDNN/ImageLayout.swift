internal import COneDNN
internal import Compiler

/// How a convolution's images (N, H, W, C) lie in memory.
enum ImageLayout: CaseIterable {
  /// In whole blocks of 16 channels, as programs have them.
  case blocked
  /// In blocks of 8, as oneDNN likes them on AVX2.
  case blockedByEight
  /// Pixel after pixel, each with all its channels.
  case channelsLast
  /// As the primitive likes best.
  case any

  func layout(_ shape: [Int], _ precision: ElementType) -> Layout {
    let dimensions = [shape[0], shape[3], shape[1], shape[2]]
    switch self {
    case .blocked: return .images(shape, precision)
    case .blockedByEight: return .tagged(dimensions, precision, dnnl_nChw8c)
    case .channelsLast: return .tagged(dimensions, precision, dnnl_nhwc)
    case .any: return .any(dimensions, precision)
    }
  }
}
