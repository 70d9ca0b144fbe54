public import Checkpoints
public import Files
internal import Images
internal import PNGCodec
public import Sampling
public import SystemPackage
internal import Text

/// How near noisy and denoised images are to clean ones of the same names.
public struct QualityTable: Sendable {
  /// One image's figures; PSNR in decibels, infinite for images without any difference.
  public struct Row: Sendable, Encodable {
    /// The image below the input folder.
    public let image: String
    /// PSNR of the noisy image.
    public let noisyPSNR: Double
    /// PSNR of the denoised image.
    public let psnr: Double
    /// SSIM of the noisy image.
    public let noisySSIM: Double
    /// SSIM of the denoised image.
    public let ssim: Double
    /// The noise's standard deviation as the noisy image shows it, in gray levels of 255.
    public let estimatedSigma: Double

    package enum CodingKeys: String, CodingKey {
      case image, psnr, ssim, estimatedSigma
      case noisyPSNR = "noisy_psnr"
      case noisySSIM = "noisy_ssim"
    }
  }

  /// An image each.
  public private(set) var rows: [Row] = []
  /// Images that could not be compared, with the reason.
  public private(set) var failures: [String] = []

  /// Makes sure that there is a folder of clean images, before there are results to compare with them.
  public static func check(_ clean: FilePath) throws(FileError) {
    if Folders.isFolder(clean) { return }
    throw FileError(clean, "has no clean images", cause: "it is not a folder")
  }

  /// Compares a job's results with the images below `clean`, or where the job has added the noise,
  /// with its inputs.
  public init(_ job: DenoisingJob, _ outcome: BatchOutcome, clean: FilePath?) {
    let stored = Result { try job.noisyFile.map(NoisyImages.init) }
    for file in outcome.files {
      do {
        let reference = clean?.pushing(file.relativePath) ?? file.path
        rows.append(
          try Self.row(
            file, job, stored.get(), reference, estimate: outcome.noiseEstimates[file]?.sigma))
      } catch {
        failures.append("\(error)")
      }
    }
  }

  private static func row(
    _ file: ImageFile, _ job: DenoisingJob, _ stored: NoisyImages?, _ reference: FilePath,
    estimate: Double?
  ) throws -> Row {
    let result = job.path(of: file)
    guard try Folders.exists(reference) else {
      throw DenoisingError.noReference(file.path, reference: reference)
    }
    let limits = job.pictures.limits
    let header = try PNGReader.header(of: result, limits: limits)
    let format = header.isGray ? PixelFormat.gray : .rgb
    let clean = try PNGReader.readFloat(reference, as: format, limits: limits)
    let denoised = try PNGReader.readFloat(result, as: format, limits: limits)
    let noisy = try noisyImage(file, job, stored, format)
    for image in [denoised, noisy]
    where image.width != clean.width || image.height != clean.height {
      throw DenoisingError.size(
        file.path, clean: reference,
        cause: "it is \(image.width) x \(image.height), not \(clean.width) x \(clean.height)")
    }
    func similarity(_ image: [Float]) -> Double {
      ImageQuality.structuralSimilarity(
        image, reference: clean.values, channels: format.channels, height: clean.height,
        width: clean.width)
    }
    return Row(
      image: file.relativePath.string,
      noisyPSNR: ImageQuality.peakSignalToNoise(noisy.values, reference: clean.values),
      psnr: ImageQuality.peakSignalToNoise(denoised.values, reference: clean.values),
      noisySSIM: similarity(noisy.values), ssim: similarity(denoised.values),
      estimatedSigma: estimate
        ?? NoiseEstimate.rounded(
          127.5
            * estimatedNoiseLevel(
              of: noisy.values, channels: format.channels, height: clean.height, width: clean.width)
        ))
  }

  /// The noisy image: as it was before it was rounded, where it was kept so.
  private static func noisyImage(
    _ file: ImageFile, _ job: DenoisingJob, _ stored: NoisyImages?, _ format: PixelFormat
  ) throws -> FloatImage {
    let limits = job.pictures.limits
    if let noisy = try stored?.image(of: file.relativePath.string) {
      let (channels, height, width) = (noisy.shape[0], noisy.shape[1], noisy.shape[2])
      guard channels >= format.channels else {
        throw DenoisingError.channels(channels, expected: format.channels)
      }
      // A gray image may have gone through the network as three equal channels. It lies there as stored.
      let header = try PNGReader.header(of: file.path, limits: limits)
      let color = FloatImage(
        width: width, height: height, format: format,
        values: Array(noisy.values.prefix(format.channels * height * width))
      ).turned(header.orientation)
      guard header.hasTransparency else { return color }
      return color.overWhite(
        alpha: try PNGReader.readFloat(file.path, as: .rgba, limits: limits))
    }
    return try PNGReader.readFloat(
      job.noisyPath(of: file) ?? file.path, as: format, limits: limits)
  }

  /// The means over all images; nil where there is none.
  public var mean: QualityMean? { QualityMean(of: rows) }

  /// The table as CSV: the images, the means, and where a PSNR is infinite, how many were left out of each
  /// mean.
  public var csv: String {
    var lines = rows.map { row in
      "\(CSV.quoted(row.image)),\(row.noisyPSNR),\(row.psnr),\(row.noisySSIM),\(row.ssim),"
        + "\(row.estimatedSigma)"
    }
    if let mean { lines += mean.csvLines }
    return ([Self.header] + lines).joined(separator: "\n") + "\n"
  }

  /// The first line of the CSV.
  fileprivate static let header = "image,noisy_psnr,psnr,noisy_ssim,ssim,estimated_sigma"

  /// Writes the table as CSV.
  public func write(to path: FilePath) throws { try CSV.write(csv, to: path) }
}

extension OutputKind {
  /// The figures of `stipple denoise`, by this version or an earlier one.
  public static let quality = text(
    "a CSV file by stipple denoise", suffix: "csv", QualityTable.header + "\n",
    "image,noisy_psnr,psnr,noisy_ssim,ssim\n")
}

extension FloatImage {
  /// The same over white, as pictures with alpha are read; `image` has the alpha in its last plane.
  fileprivate func overWhite(alpha image: FloatImage) -> FloatImage {
    let area = width * height
    guard image.width * image.height == area else { return self }
    var result = self
    for i in values.indices {
      let alpha = (image.values[image.values.count - area + i % area] + 1) / 2
      result.values[i] = alpha * values[i] + 1 - alpha
    }
    return result
  }
}
