public import SystemPackage
internal import Text

/// What a machine and a folder have of what Stipple needs: `stipple doctor`.
public struct Diagnosis: Sendable {
  /// How one thing is.
  public enum Status: String, Encodable, Sendable {
    case good = "ok"
    /// Works, but slower or for less than usual.
    case warning
    /// Something will fail.
    case problem
  }

  /// One thing that was looked at.
  public struct Finding: Encodable, Equatable, Sendable {
    /// What: "memory".
    public let name: String
    /// Whether it is good, or what it is instead.
    public let status: Status
    /// How it is: "25.1 GB, 19.6 GB of it free".
    public let text: String
    /// What to do, where the status is not good.
    public let advice: String?

    init(_ name: String, _ text: String) {
      (self.name, status, self.text, advice) = (name, .good, text, nil)
    }

    init(_ name: String, _ status: Status, _ text: String, _ advice: String) {
      (self.name, self.status, self.text, self.advice) = (name, status, text, advice)
    }
  }

  /// What was looked at, in the order of its weight.
  public let findings: [Finding]

  /// Looks at this machine and at the folder that results are to be written to, which takes less than a second.
  public init(folder: FilePath) {
    findings = MachineChecks.all + FolderChecks.all(folder) + DataChecks.all
  }

  /// How many findings have a status.
  public func count(_ status: Status) -> Int { findings.count { $0.status == status } }

  /// The findings as a table with the advice below each, and a sentence at the end.
  public var lines: [String] {
    let width = findings.map(\.name.count).max() ?? 0
    let column = String(repeating: " ", count: 9 + width + 2)
    return findings.flatMap { finding in
      let head =
        finding.status.rawValue.padded(to: 9) + finding.name.padded(to: width + 2) + finding.text
      return [head] + (finding.advice.map { [column + $0] } ?? [])
    } + ["", summary]
  }

  private var summary: String {
    let (problems, warnings) = (count(.problem), count(.warning))
    if problems + warnings == 0 { return "No problems found." }
    let parts = [(problems, "problem"), (warnings, "warning")].filter { $0.0 > 0 }
    return parts.map { counted($0, $1) }.joined(separator: ", ") + "."
  }
}

extension Diagnosis: Encodable {
  private enum CodingKeys: CodingKey { case findings, problems, warnings }

  /// Encodes the findings and how many of them are problems and warnings.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(findings, forKey: .findings)
    try container.encode(count(.problem), forKey: .problems)
    try container.encode(count(.warning), forKey: .warnings)
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
