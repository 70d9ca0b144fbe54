internal import Checkpoints
public import Sampling

extension Denoiser {
  /// Removes the noise from an image in memory.
  ///
  /// - Parameters:
  ///   - sigma: the noise's standard deviation in gray levels of 255; nil estimates it, or has a restoration network
  ///     find it itself.
  ///   - index: tells the posterior sample of one image from another's.
  /// - Throws: `DenoisingError.channels` for an image of other channels than the network's,
  ///   `SettingError` for noise that the network has not seen, and `DenoiserMemory`.
  public func denoise(
    _ image: ImageTensor, sigma: Double? = nil, index: Int = 0
  ) throws -> ImageTensor {
    let channels = model.configuration.channels
    guard image.channels == channels else {
      throw DenoisingError.channels(image.channels, expected: channels)
    }
    try check(sigma: sigma, of: .sigma)
    let told = sigma ?? (isRestoration ? nil : image.estimatedSigma)
    let input = Input(
      image, noiseLevel: told.map { $0 / 127.5 }, index: UInt32(truncatingIfNeeded: index))
    let clean = try denoise([input])
    return ImageTensor(clean[0], channels, image.width, image.height)
  }
}
