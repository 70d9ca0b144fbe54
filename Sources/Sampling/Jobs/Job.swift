/// Work over many images: planned first, then run. All of it that is there already is skipped.
public protocol Job {
  /// What it works with, such as a `Generator`; nothing where it needs no network.
  associatedtype Model
  /// What it has before it.
  associatedtype Plan
  /// What it has done.
  associatedtype Outcome

  /// Looks at the settings, the inputs and the results that are there, and does nothing.
  ///
  /// - Parameter report: is told what is left out.
  /// - Throws: what `run` would refuse.
  func plan(_ model: Model, report: (String) -> Void) throws -> Plan

  /// Does what is missing.
  ///
  /// - Throws: before any work what is wrong with the settings, the inputs or what is there, and
  ///   `MemoryShortage`; later what the disk says.
  func run(_ model: Model, _ context: JobContext) throws -> Outcome
}

extension Job {
  /// The plan, with nobody to tell.
  public func plan(_ model: Model) throws -> Plan { try plan(model) { _ in } }

  /// Does what is missing, alone and with nobody to tell.
  public func run(_ model: Model) throws -> Outcome { try run(model, JobContext()) }
}

extension Job where Model == Void {
  /// The plan.
  public func plan(report: (String) -> Void = { _ in }) throws -> Plan {
    try plan((), report: report)
  }

  /// Does what is missing.
  public func run(_ context: JobContext = JobContext()) throws -> Outcome { try run((), context) }
}

/// What a job of images has before it.
public struct JobPlan: Sendable {
  /// Results that there will be, but for those of images that cannot be read.
  public var total: Int
  /// Those of them that are not there yet.
  public var missing: Int
  /// The number of new images that would be as much work.
  public var work: Int

  package init(total: Int, missing: Int, work: Int? = nil) {
    (self.total, self.missing, self.work) = (total, missing, work ?? missing)
  }
}
