internal import Checkpoints
internal import Files
internal import Images
internal import PNGCodec
internal import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// What an earlier run of the same command has left.
extension NoisingJob {
  /// What tells this job's unfinished file from another's: the settings, and each image's name, size and
  /// time of change.
  func work(_ layout: StepLayout, _ files: [ImageFile], _ config: String) throws -> String {
    var facts = [
      Machine.creator, output.string, config, "\(layout)", "\(withNoise)", "\(seed)", fit.rawValue,
    ]
    for file in files {
      var status = stat()
      guard file.path.withPlatformString({ stat($0, &status) }) == 0 else {
        throw FileError(file.path, "could not be read")
      }
      #if canImport(Glibc)
        let time = status.st_mtim
      #else
        let time = status.st_mtimespec
      #endif
      facts.append(
        "\(file.relativePath) \(status.st_size) \(time.tv_sec) \(time.tv_nsec)")
    }
    return Fingerprint.text(of: Array(facts.joined(separator: "\n").utf8))
  }

  /// Whether the finished file already exists, with the same images, steps, noise and elements.
  ///
  /// - Returns: Why the images that it lacks cannot be read; nil where it is another file.
  func failuresIfWritten(
    _ layout: StepLayout, _ dataset: Dataset, _ files: [ImageFile], _ config: String
  ) -> [PNGError]? {
    guard let file = try? StepTensorsFile(opening: output), file.format == .noised else {
      return nil
    }
    var expected = layout
    expected.images = file.layout.images
    guard file.layout == expected, file.config == config, file.seed == seed,
      file.hasSecond == withNoise
    else { return nil }
    var sources = file.sources[...]
    var failures: [PNGError] = []
    for (index, image) in files.enumerated() {
      if sources.first == image.relativePath.string {
        sources.removeFirst()
        continue
      }
      do throws(PNGError) {
        _ = try dataset.image(at: index)
        return nil
      } catch {
        failures.append(error)
      }
    }
    return sources.isEmpty ? failures : nil
  }
}
