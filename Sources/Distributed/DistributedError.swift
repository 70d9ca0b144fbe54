package import Host

/// Why the processes of a job do not find each other.
package enum DistributedError: Error, Equatable {
  /// Started by a launcher, but no MPI is there.
  case noLibrary(Launcher.Interface, tried: [String])
  case unusable(String, lacks: String)
  /// `srun` with several tasks and no interface between them.
  case notConnected(tasks: Int)
  /// The library and the launcher are of different kinds: each process believes to be alone.
  case otherLauncher(String, String, ranks: Int, started: Int)
  /// Without support for threads.
  case noThreads(String)
  /// The system lets rank 0 have no thread for the others.
  case noThread
  case missingRanks(of: Int, seconds: Int)
  /// Of program versions, settings or images.
  case differs(String, rank: Int)
  /// Another command than rank 0's, which is named.
  case otherCommand(String, rank: Int)
  /// A rank does not see a file or folder that rank 0 sees.
  case unseen(String, rank: Int)
  /// A rank sees another file than rank 0 where the same one should be.
  case otherFile(String, rank: Int)
  case tooFewImages(Int, ranks: Int)
  /// An error that rank 0 has told of.
  case elsewhere(String)
}

extension DistributedError: CustomStringConvertible {
  /// `<what failed>: <cause>[; <way out>]`.
  package var description: String {
    switch self {
    case .noLibrary(let interface, let names):
      "MPI: could not be loaded: the job was started by \(interface.rawValue), but none of "
        + "\(names.joined(separator: ", ")) is installed; install the launcher's MPI library, "
        + "name it with STIPPLE_MPI, or run independent processes with --no-mpi"
    case .unusable(let name, let function):
      "MPI: \(name): cannot be used: it has no \(function)"
    case .notConnected(let tasks):
      "MPI: \(tasks) tasks were started by srun without MPI; use srun --mpi=pmix (Open MPI) or "
        + "srun --mpi=pmi2 (MPICH), or run independent processes with --no-mpi"
    case .otherLauncher(let version, let name, let ranks, let started):
      "MPI: the launcher started \(started) processes, but \(name) (\(version)) connects \(ranks); "
        + "use the launcher of the same MPI, or name its library with STIPPLE_MPI"
    case .noThreads(let version):
      "MPI: \(version) was built without thread support (MPI_THREAD_SERIALIZED)"
    case .noThread: "MPI: rank 0 could start no thread that answers the other ranks"
    case .missingRanks(let size, let seconds):
      "MPI: not all \(size) ranks started within \(seconds) seconds"
    case .differs(let what, let rank):
      "MPI: rank \(rank) has other \(what) than rank 0; all processes need the same"
    case .otherCommand(let first, let rank):
      "MPI: rank \(rank) runs another command than rank 0, which runs \(first); all processes need the same"
    case .unseen(let path, let rank):
      "\(path): rank \(rank) does not see it as rank 0 does; all processes need the same files under the "
        + "same paths, on a shared file system"
    case .otherFile(let path, let rank):
      "\(path): rank \(rank) sees another file there than rank 0; all processes need the same files under "
        + "the same paths, on a shared file system"
    case .tooFewImages(let count, let ranks):
      "MPI: \(ranks) processes cannot share \(count) training image\(count == 1 ? "" : "s"); "
        + "start at most \(count)"
    case .elsewhere(let text): text
    }
  }
}
