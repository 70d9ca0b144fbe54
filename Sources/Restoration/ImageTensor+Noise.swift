public import Sampling

extension ImageTensor {
  /// The estimated standard deviation of white noise in the image, in gray levels of 255.
  public var estimatedSigma: Double {
    127.5 * estimatedNoiseLevel(of: values, channels: channels, height: height, width: width)
  }
}
