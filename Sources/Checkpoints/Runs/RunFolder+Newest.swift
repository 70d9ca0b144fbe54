internal import Files
package import SystemPackage

// Which of a run's checkpoints is used.
extension RunFolder {
  /// A checkpoint's file.
  package struct Found {
    package let path: FilePath
    /// The step that its name tells.
    package let named: Int
    /// The step whose state it holds; where that cannot be read, the one that its name tells.
    package let step: Int
  }

  /// The checkpoints, in the order of the steps whose states they hold.
  package func checkpointsByState() throws -> [Found] {
    try checkpointSteps().map { named in
      let path = checkpoint(step: named)
      let step = (try? CheckpointFile(opening: path))?.header.step
      return Found(path: path, named: named, step: step ?? named)
    }
    // Of two with one state the one of its name is used.
    .sorted { ($0.step, $0.named == $0.step ? 1 : 0) < ($1.step, $1.named == $1.step ? 1 : 0) }
  }

  /// The newest checkpoint of a later step than `step` whose file is whole; nil where there is none.
  package func wholeCheckpoint(after step: Int) throws -> Found? {
    try checkpointsByState().last { $0.step > step && (try? FileVerification($0.path)) != nil }
  }

  /// Reads a run's newest checkpoint that is good.
  ///
  /// - Parameters:
  ///   - checkpoints: in the order of their states.
  ///   - read: throws `FileFormatError` where a checkpoint is damaged.
  ///   - onDamage: is told of each damaged one that is newer, with what is wrong with it.
  /// - Returns: nil where there is no good one.
  /// - Throws: what `onDamage` throws; whatever keeps a checkpoint from being read that need not be
  ///   damage, such as a newer version or missing permission.
  package func newestGood<Result>(
    of checkpoints: [Found], _ read: (FilePath) throws -> Result,
    onDamage: (FilePath, FileFormatError) throws -> Void
  ) throws -> Result? {
    for path in checkpoints.map(\.path).reversed() {
      // Without nonBlocking, opening a pipe would wait for its writer.
      do { try FileDescriptor.open(path, .readOnly, options: [.nonBlocking]).close() } catch {
        throw FileError(path, "could not be opened", error)
      }
      do {
        return try read(path)
      } catch let error as FileFormatError {
        if case .newer = error { throw error }
        try onDamage(path, error)
      }
    }
    return nil
  }

  /// Reads a checkpoint, or of a run folder the newest that is good, and changes nothing.
  ///
  /// - Parameter report: is told of checkpoints that are damaged, or have another step's name.
  /// - Throws: the oldest checkpoint's error where all are damaged.
  package static func read<Result>(
    _ path: FilePath, report: (String) -> Void, _ read: (FilePath) throws -> Result
  ) throws -> Result {
    guard Folders.isFolder(path) else { return try read(path) }
    let folder = RunFolder(around: path)
    var checkpoints = try folder.checkpointsByState()
    for found in checkpoints.reversed() where found.named != found.step {
      do throws(FileFormatError) {
        _ = try FileVerification(found.path)
        report("\(found.path): is a checkpoint of step \(found.step); it is used as such")
      } catch {
        if checkpoints.count == 1 { throw error }
        checkpoints.removeAll { $0.path == found.path }
        report("\(error); the previous checkpoint is used")
      }
    }
    let found = try folder.newestGood(of: checkpoints, read) { damaged, error in
      if damaged == checkpoints.first?.path { throw error }
      report("\(error); the previous checkpoint is used")
    }
    if let found { return found }
    var text = "\(path): there is no checkpoint in this folder"
    if let aside = try folder.brokenCheckpoints().last {
      text += " but \(aside), which is damaged"
    }
    throw FileFormatError.file(text: text)
  }
}
