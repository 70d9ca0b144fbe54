import ArgumentParser
import Foundation
import Stipple

/// A command whose work several processes share.
protocol SharingCommand {
  var sharing: ProcessesOption { get }
}

/// Which processes a command's work is for.
struct ProcessesOption: ParsableArguments {
  @Flag(name: .customLong("no-mpi"), help: "Ignore MPI: do not share work with other processes.")
  var isAlone = false

  /// Does work by all processes that a launcher has started together, each of which calls `work`. Where one
  /// fails, all end.
  func run(_ work: (ProcessGroup) throws -> Void) throws {
    let processes: ProcessGroup
    do {
      processes = try isAlone ? .alone : .joined()
    } catch {
      if ProcessGroup.isElsewhere(error) { Self.waitForFirst(error) }
      throw error
    }
    // The first process tells for all, the others of their errors alone.
    Console.isSilent = !processes.isFirst
    do {
      let arguments = Array(CommandLine.arguments.dropFirst())
      try processes.requireSame(
        program: Machine.creator, command: arguments.first ?? "",
        arguments: Self.deciding(arguments))
      if let (rank, other) = try processes.firstOther(Machine.instructionSet) {
        Console.note(
          "warning: rank \(rank) computes with \(other), rank 0 with \(Machine.instructionSet): "
            + "results may differ slightly from those of equal processors")
      }
      try work(processes)
    } catch let status as ExitCode {
      // All end with it, in order.
      processes.leave()
      throw status
    } catch  where processes.size > 1 {
      if ProcessGroup.isElsewhere(error) { Self.waitForFirst() }
      Console.isSilent = false
      if !processes.isFirst { Self.giveTime() }
      let status = Ending.tell(error, prefix: processes.isFirst ? "" : "rank \(processes.rank): ")
      processes.abort(status: status)
      Foundation.exit(status)
    }
    processes.leave()
  }

  /// The arguments without those that results do not depend on, which may differ among the processes.
  private static func deciding(_ arguments: [String]) -> [String] {
    let free = ["--threads", "--memory"]
    var (kept, isValue) = ([String](), false)
    for argument in arguments {
      let isFree = isValue || free.contains { argument.hasPrefix($0 + "=") }
      isValue = !isValue && free.contains(argument)
      if !isFree && !isValue { kept.append(argument) }
    }
    return kept
  }

  /// Refuses several processes of a launcher, which would all do the same work.
  static func requireOne() throws {
    guard let count = ProcessGroup.started else { return }
    throw ValidationError(
      "\(count) processes were started together, but this command does not share its work among them; "
        + "start one, or set STIPPLE_MPI=none for independent processes")
  }

  /// What all processes of a launcher find while they start is told by the first, whose end ends the others: by these only
  /// where that does not come.
  static func letFirstTell() {
    if ProcessGroup.started != nil, !ProcessGroup.isStartedFirst { giveTime() }
  }

  /// The first process tells of an error and ends the others.
  ///
  /// - Parameter error: is told here where that does not come, as where there is no first process: variables of a launcher
  ///   may be left from another job.
  private static func waitForFirst(_ error: (any Error)? = nil) -> Never {
    giveTime()
    Foundation.exit(error.map { Ending.tell($0) } ?? EXIT_FAILURE)
  }

  /// Time for the first process to tell what all have found, and for the launcher to end the others, which then say nothing.
  private static func giveTime() {
    if sleep(5) > 0 { Foundation.exit(EXIT_FAILURE) }
  }
}
