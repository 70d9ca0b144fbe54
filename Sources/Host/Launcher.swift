internal import Foundation

/// Who has started this process as one of several, as its environment tells.
package struct Launcher: Equatable, Sendable {
  /// How it speaks with its processes.
  package enum Interface: String, Sendable {
    /// Open MPI's `mpirun`.
    case openMPI = "Open MPI's mpirun"
    /// PMI 1 and 2: `mpirun` of MPICH, Intel MPI, MVAPICH and Cray, and `srun --mpi=pmi2`.
    case pmi = "PMI"
    /// `srun --mpi=pmix`, PRRTE.
    case pmix = "PMIx"
    /// `srun` without either: the processes do not find each other.
    case none = "srun"
  }

  package let interface: Interface
  /// How many processes it has started; nil where it does not tell.
  package let size: Int?
  /// This process's number among them; nil where it does not tell.
  package let rank: Int?
  /// How many of them are on this machine; nil where it does not tell.
  package let localSize: Int?
  /// How many processors each was promised; nil where it does not tell.
  let processorsPerProcess: Int?

  /// Of this process.
  package static let current = Launcher(ProcessInfo.processInfo.environment)

  /// Nil where nobody has started this process as one of several, or `STIPPLE_MPI` is `none`.
  ///
  /// - Parameter environment: the process's.
  package init?(_ environment: [String: String]) {
    if environment["STIPPLE_MPI"] == "none" { return nil }
    func number(_ names: String...) -> Int? {
      names.lazy.compactMap { environment[$0].flatMap { Int($0) } }.first
    }
    let tasks = number("SLURM_STEP_NUM_TASKS")
    if let size = number("OMPI_COMM_WORLD_SIZE") {
      (interface, self.size) = (.openMPI, size)
    } else if environment["PMIX_RANK"] != nil {
      (interface, size) = (.pmix, tasks)
    } else if environment["PMI_RANK"] != nil {
      (interface, size) = (.pmi, number("PMI_SIZE") ?? tasks)
    } else if let tasks, tasks > 1 {
      (interface, size) = (.none, tasks)
    } else {
      return nil
    }
    if size == 1 { return nil }
    rank = number("OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK", "SLURM_PROCID")
    processorsPerProcess = number("SLURM_CPUS_PER_TASK")
    localSize =
      number("OMPI_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS", "PMI_LOCAL_SIZE")
      ?? environment["SLURM_STEP_TASKS_PER_NODE"].flatMap(Self.mostTasks)
  }

  /// The largest number of "2(x3),1", as Slurm writes tasks on nodes.
  private static func mostTasks(_ text: String) -> Int? {
    text.split(separator: ",").compactMap { part in
      Int(part.prefix { $0 != "(" })
    }.max()
  }
}
