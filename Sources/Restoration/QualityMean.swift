/// The means of a quality table's figures.
///
/// A PSNR that is infinite, of an image without any difference, has no place in a mean: it is counted
/// apart.
public struct QualityMean: Sendable, Encodable {
  /// How many images there are.
  public let images: Int
  /// The mean PSNR of the noisy images, as far as it is finite; nil where it is for none.
  public let noisyPSNR: Double?
  /// The same of the denoised images.
  public let psnr: Double?
  /// The mean SSIM of the noisy images.
  public let noisySSIM: Double
  /// The mean SSIM of the denoised images.
  public let ssim: Double
  /// The mean of the estimates of the noise.
  public let estimatedSigma: Double
  /// Noisy images whose PSNR is infinite.
  public let infiniteNoisyPSNR: Int
  /// Denoised images whose PSNR is infinite.
  public let infinitePSNR: Int

  /// Nil where there is no row.
  init?(of rows: [QualityTable.Row]) {
    func mean(_ values: [Double]) -> Double? {
      values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }
    guard let noisySSIM = mean(rows.map(\.noisySSIM)), let ssim = mean(rows.map(\.ssim)),
      let estimatedSigma = mean(rows.map(\.estimatedSigma))
    else { return nil }
    images = rows.count
    noisyPSNR = mean(rows.map(\.noisyPSNR).filter(\.isFinite))
    psnr = mean(rows.map(\.psnr).filter(\.isFinite))
    (self.noisySSIM, self.ssim, self.estimatedSigma) = (noisySSIM, ssim, estimatedSigma)
    infiniteNoisyPSNR = rows.count { !$0.noisyPSNR.isFinite }
    infinitePSNR = rows.count { !$0.psnr.isFinite }
  }

  /// What is left out of the means, in words; nil where it is nothing.
  public var note: String? {
    let counts = [(infiniteNoisyPSNR, "noisy"), (infinitePSNR, "denoised")].filter { $0.0 > 0 }
    if counts.isEmpty { return nil }
    return "mean PSNR leaves out images that equal the clean one (infinite PSNR): "
      + counts.map { "\($0) \($1)" }.joined(separator: ", ")
  }

  /// The table's last rows.
  var csvLines: [String] {
    func cell(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
    let mean = "mean,\(cell(noisyPSNR)),\(cell(psnr)),\(noisySSIM),\(ssim),\(estimatedSigma)"
    return note == nil ? [mean] : [mean, "infinite,\(infiniteNoisyPSNR),\(infinitePSNR),,,"]
  }

  private enum CodingKeys: String, CodingKey {
    case image, images, psnr, ssim, estimatedSigma
    case noisyPSNR = "noisy_psnr"
    case noisySSIM = "noisy_ssim"
    case infiniteNoisyPSNR = "infinite_noisy_psnr"
    case infinitePSNR = "infinite_psnr"
  }

  /// Writes the means like a row, with null where there is none.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode("mean", forKey: .image)
    try container.encode(images, forKey: .images)
    try container.encode(noisyPSNR, forKey: .noisyPSNR)
    try container.encode(psnr, forKey: .psnr)
    try container.encode(noisySSIM, forKey: .noisySSIM)
    try container.encode(ssim, forKey: .ssim)
    try container.encode(estimatedSigma, forKey: .estimatedSigma)
    try container.encode(infiniteNoisyPSNR, forKey: .infiniteNoisyPSNR)
    try container.encode(infinitePSNR, forKey: .infinitePSNR)
  }
}
