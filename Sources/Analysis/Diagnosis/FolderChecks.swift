internal import Checkpoints
package import Files
internal import Host
package import SystemPackage

/// The file system that results are to be written to.
package enum FolderChecks {
  package typealias Finding = Diagnosis.Finding

  static func all(_ folder: FilePath) -> [Finding] {
    guard Place(folder).content == .folder else {
      return [
        Finding("folder", .problem, "\(folder): not a folder", "Make it, or name another.")
      ]
    }
    do {
      let probe = try FolderProbe(folder)
      let kind = Mount.kind(of: Place(folder).path.string)
      return [files(folder, kind: kind, probe), space(FreeSpace.bytes(in: folder))]
    } catch {
      return [
        Finding("folder", .problem, "\(error)", "Write to a folder that you may write to.")
      ]
    }
  }

  /// - Parameter kind: of the file system: "ext4".
  package static func files(_ folder: FilePath, kind: String?, _ probe: FolderProbe) -> Finding {
    let name = "\(Place(folder).path)" + (kind.map { " (\($0))" } ?? "")
    if !probe.replaces || !probe.protects {
      return Finding(
        "folder", .problem, "\(name): files are not renamed as POSIX says",
        "Results could be lost: write to a local disk instead.")
    }
    if probe.locks == false {
      return Finding(
        "folder", .problem, "\(name): locks do not keep others out",
        "Two programs could write the same run: mount it with locks, or write to a local disk.")
    }
    if probe.locks == nil {
      return Finding(
        "folder", .warning, "\(name): no file locks",
        "After a crash, wait two minutes before you run the same command again.")
    }
    if !probe.syncs {
      return Finding(
        "folder", .warning, "\(name): written data cannot be synced",
        "A power failure may cost the newest checkpoint.")
    }
    return Finding("folder", "\(name): locks, atomic renames and syncing work")
  }

  /// - Parameter bytes: that may still be written.
  package static func space(_ bytes: Int?) -> Finding {
    guard let bytes else { return Finding("disk", "free space unknown") }
    let text = "\(Machine.amount(bytes)) free"
    if bytes < 100_000_000 {
      return Finding(
        "disk", .problem, text, "A training run keeps several checkpoints: free some space.")
    }
    if bytes < 2_000_000_000 {
      return Finding(
        "disk", .warning, text,
        "Enough for small networks; stipple train --dry-run shows what a run needs.")
    }
    return Finding("disk", text)
  }
}
