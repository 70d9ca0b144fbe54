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

  /// What the job has done where the finished file already exists, with the same images, steps, noise and
  /// elements; nil where it is another file, or none.
  func outcomeIfWritten(_ survey: NoisingSurvey) throws -> Outcome? {
    guard let failures = try failuresIfWritten(survey) else { return nil }
    Folders.removeUnfinished(of: output)
    return Outcome(
      skipped: survey.files.count - failures.count, steps: survey.steps.count,
      failures: survey.failures + failures)
  }

  /// Why the images that the file lacks cannot be read; nil where it is another file.
  private func failuresIfWritten(_ survey: NoisingSurvey) throws -> [String]? {
    guard let file = try? StepTensorsFile(opening: output), file.format == .noised else {
      return nil
    }
    var expected = survey.layout
    expected.images = file.layout.images
    guard file.layout == expected, file.config == survey.config, file.seed == seed,
      file.hasSecond == withNoise
    else { return nil }
    let images = try NoisedImages(self, survey.work)
    var sources = file.sources[...]
    var failures: [String] = []
    for (index, image) in survey.files.enumerated() {
      if sources.first == image.relativePath.string {
        sources.removeFirst()
        continue
      }
      do throws(UnreadableImage) {
        _ = try images.read(index)
        return nil
      } catch {
        if isStrict { throw error }
        failures.append(error.cause)
      }
    }
    return sources.isEmpty ? failures : nil
  }
}
