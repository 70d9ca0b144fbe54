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

  /// What is in the place of the file.
  enum Standing {
    case nothing, otherFile
    /// The finished file, of images that look the same, with the same steps, noise and elements: what the job has done.
    case made(Outcome)
    /// The same, but pictures are wanted that are not there.
    case lacksPictures

    /// What the job has done where nothing is missing.
    var outcome: Outcome? {
      if case .made(let outcome) = self { outcome } else { nil }
    }
  }

  func standing(_ survey: NoisingSurvey) throws -> Standing {
    guard try Folders.exists(output) else { return .nothing }
    guard let (found, failures) = try contentIfWritten(survey) else { return .otherFile }
    if try pictures(survey.work)?.areThere(of: found, at: survey.steps) == false {
      return .lacksPictures
    }
    Folders.removeUnfinished(of: output)
    return .made(
      Outcome(
        skipped: survey.files.count - failures.count, steps: survey.steps.count,
        failures: survey.failures + failures, bytes: try FileStatus(output).size))
  }

  /// Whether the job replaces what is there: anything with `overwrites`, else only its own file, beside which pictures are
  /// missing.
  ///
  /// - Throws: `NoisingError.exists` where it may not.
  func replaces(_ standing: Standing) throws(NoisingError) -> Bool {
    switch standing {
    case .nothing: return false
    case .otherFile where !overwrites: throw .exists(output.string)
    case .otherFile, .made, .lacksPictures: return true
    }
  }

  /// The images in the file, and why those that it lacks cannot be read; nil where it is another file.
  private func contentIfWritten(
    _ survey: NoisingSurvey
  ) throws -> (found: [ImageFile], failures: [String])? {
    guard let file = try? StepTensorsFile(opening: output), file.format == .noised else {
      return nil
    }
    var expected = survey.layout
    expected.images = file.layout.images
    guard file.layout == expected, file.config == survey.config, file.seed == seed,
      file.hasSecond == withNoise
    else { return nil }
    let images = try NoisedImages(self, survey.work)
    var found: [ImageFile] = []
    var failures: [String] = []
    for (index, image) in survey.files.enumerated() {
      let isThere =
        found.count < file.sources.count
        && file.sources[found.count] == image.relativePath.string
      do throws(PNGError) {
        let x0 = try images.read(index)
        guard isThere, Self.isSame(x0, try? file.x0(image: found.count)) else { return nil }
      } catch {
        if isStrict { throw error }
        if !isThere { failures.append("\(error)") }
      }
      if isThere { found.append(image) }
    }
    return found.count == file.sources.count ? (found, failures) : nil
  }

  /// Whether an image is the one of a file, as exactly as any of its element types has it.
  private static func isSame(_ x0: [Float], _ stored: [Float]?) -> Bool {
    guard let stored, stored.count == x0.count else { return false }
    return zip(x0, stored).allSatisfy { abs($0 - $1) < 0.005 }
  }
}
