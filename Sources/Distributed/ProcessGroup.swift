internal import Foundation
internal import Host

/// The processes that a launcher such as `mpirun` or `srun` has started to work together, or one alone.
public struct ProcessGroup: Sendable {
  package let communicator: any Communicator
  private let mpi: MPICommunicator?

  /// A process that works by itself.
  public static var alone: ProcessGroup {
    ProcessGroup(communicator: LocalCommunicator(), mpi: nil)
  }

  package init(_ communicator: any Communicator) {
    self.init(communicator: communicator, mpi: nil)
  }

  private init(communicator: any Communicator, mpi: MPICommunicator?) {
    (self.communicator, self.mpi) = (communicator, mpi)
  }

  /// How many processes a launcher has started together with this one; nil where it has started one, or does
  /// not tell.
  public static var started: Int? { Launcher.current?.size }
  /// Whether the launcher counts this process as the first.
  public static var isStartedFirst: Bool { Launcher.current?.rank ?? 0 == 0 }

  /// The MPI libraries that are installed: "Open MPI 4.1.4 (libmpi.so.40)". They are loaded to be asked.
  public static var libraries: [String] {
    MPILibrary.installed(namedLibrary)
  }

  /// What `STIPPLE_MPI` names; nil where it is empty, as scripts leave it.
  private static var namedLibrary: String? {
    ProcessInfo.processInfo.environment["STIPPLE_MPI"].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Joins the processes that were started together; `alone` where this one was started by itself.
  ///
  /// MPI is loaded only where a launcher has set its variables, such as `OMPI_COMM_WORLD_SIZE`, `PMI_RANK`,
  /// `PMIX_RANK` or `SLURM_STEP_NUM_TASKS`. `STIPPLE_MPI` names another library than the usual ones. The thread
  /// that calls this is the one that has to use the group.
  ///
  /// - Throws: a sentence where several processes were started and do not find
  ///   each other.
  public static func joined() throws -> ProcessGroup {
    guard let launcher = Launcher.current else { return .alone }
    do {
      let mpi = try MPICommunicator(
        launcher, library: namedLibrary)
      return ProcessGroup(communicator: mpi, mpi: mpi)
    } catch {
      // The first process tells of it.
      throw launcher.rank ?? 0 == 0 ? error : DistributedError.elsewhere("\(error)")
    }
  }

  /// This process's number, from 0 to `size` - 1.
  public var rank: Int { communicator.rank }
  /// How many processes there are.
  public var size: Int { communicator.size }
  /// Whether this is the process that decides and writes.
  public var isFirst: Bool { communicator.isFirst }
  /// What connects them: "Open MPI 4.1.4"; nil of one alone.
  public var transport: String? { mpi?.version }

  /// Whether an error is one that the first process has, and tells of.
  public static func isElsewhere(_ error: any Error) -> Bool {
    if case .elsewhere? = error as? DistributedError { true } else { false }
  }

  /// Makes sure that all processes do the same work.
  ///
  /// - Parameters:
  ///   - program: the program with its version.
  ///   - command: what it is to do: "generate".
  ///   - arguments: how it is to do it, as far as the results depend on it.
  /// - Throws: on all processes, where they differ: a sentence.
  public func requireSame(program: String, command: String, arguments: [String]) throws {
    if size == 1 { return }
    try communicator.requireSame("versions of the program", program)
    let first = try communicator.share { command }
    try communicator.require(command == first) { .otherCommand(first, rank: $0) }
    try communicator.requireSame("settings", arguments.joined(separator: "\n"))
  }

  /// The first process whose `text` is another than the first one's, with that; nil where all have the same.
  public func firstOther(_ text: String) throws -> (rank: Int, text: String)? {
    if size == 1 { return nil }
    let texts = try communicator.collect(text)
    return texts.enumerated().first { $1 != texts[0] }.map { ($0, $1) }
  }

  /// Does something on the first process, for which the others wait.
  ///
  /// - Throws: there its error; on the others one for which `isElsewhere` is true.
  public func first(_ work: () throws -> Void) throws { try communicator.first(work) }

  /// What the first process finds, on all.
  ///
  /// - Throws: as `first`.
  public func share<Value: Codable>(_ find: () throws -> Value) throws -> Value {
    try communicator.share(find)
  }

  /// The largest of the processes' numbers.
  public func largest(_ number: Int) -> Int {
    Int(communicator.gather([Double(number)]).max() ?? 0)
  }

  /// Leaves the group, which every process does before it ends in order.
  public func leave() { mpi?.leave() }

  /// Ends all processes at once, where one of them cannot go on.
  public func abort(status: Int32) { communicator.abort(status: status) }
}

extension ProcessGroup: CustomStringConvertible {
  /// "4 processes (Open MPI v4.1.4)".
  public var description: String {
    (size == 1 ? "1 process" : "\(size) processes") + (transport.map { " (\($0))" } ?? "")
  }
}
