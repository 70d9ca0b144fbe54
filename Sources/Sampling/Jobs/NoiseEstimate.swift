/// What the noise of an image is like, as far as it could be told.
public struct NoiseEstimate: Codable, Equatable, Sendable {
  /// The standard deviation over all samples, in gray levels of 255.
  public var sigma: Double
  /// The standard deviation of the brightness noise.
  public var luma: Double?
  /// The standard deviation of the color noise; nil of a grayscale image.
  public var chroma: Double?
  /// The standard deviation in black: what remains when the next is taken away.
  public var readNoise: Double?
  /// By how much the variance grows with each gray level.
  public var gain: Double?
  /// How alike the noise of neighbors is, from -1 to 1; 0 for white noise.
  public var correlation: Double?
  /// Whether it has the edges of JPEG's blocks.
  public var hasJPEGGrid: Bool?

  private enum CodingKeys: String, CodingKey {
    case sigma, luma, chroma, readNoise, gain, correlation
    case hasJPEGGrid = "jpegBlocks"
  }

  /// Of noise of which no more than that is known.
  public init(sigma: Double) { self.sigma = sigma }
}
