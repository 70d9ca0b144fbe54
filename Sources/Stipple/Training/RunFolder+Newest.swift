internal import Files
internal import SystemPackage

// Which of a run's checkpoints is used.
extension RunFolder {
  /// Reads a run's newest checkpoint that is good.
  ///
  /// - Parameters:
  ///   - read: throws `FileFormatError` where a checkpoint is damaged.
  ///   - onDamage: is told of each damaged one that is newer, with what is wrong with it.
  /// - Returns: nil where there is no good one.
  /// - Throws: what `onDamage` throws; whatever keeps a checkpoint from being read that need not be
  ///   damage, such as a newer version or missing permission.
  func newestGood<Result>(
    _ read: (FilePath) throws -> Result,
    onDamage: (FilePath, FileFormatError) throws -> Void
  ) throws -> Result? {
    for step in checkpointSteps().reversed() {
      let path = checkpoint(step: step)
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
  /// - Parameter report: is told of checkpoints that are damaged.
  /// - Throws: the oldest checkpoint's error where all are damaged.
  static func read<Result>(
    _ path: FilePath, report: (String) -> Void, _ read: (FilePath) throws -> Result
  ) throws -> Result {
    guard Folders.isFolder(path) else { return try read(path) }
    let folder = RunFolder(path)
    let oldest = folder.checkpointSteps().first.map(folder.checkpoint)
    let found = try folder.newestGood(read) { damaged, error in
      if damaged == oldest { throw error }
      report("\(error); the checkpoint before it is used")
    }
    if let found { return found }
    var text = "\(path): there is no checkpoint in this folder"
    if let aside = folder.brokenCheckpoints().last { text += " but \(aside), which is damaged" }
    throw FileFormatError.file(text: text)
  }
}
