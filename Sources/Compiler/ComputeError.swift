/// Why a network cannot be computed.
package enum ComputeError: Error, Equatable {
  /// Memory for `bytes` bytes could not be had; nil where oneDNN does not tell how many.
  case outOfMemory(bytes: Int?)
  /// A setting of the environment that cannot be.
  case setting(String, cause: String, choices: [String])
}

extension ComputeError: CustomStringConvertible {
  /// `<what failed>: <cause>; <way out>`.
  package var description: String {
    switch self {
    case .outOfMemory(let bytes):
      let amount = bytes.map { "\(max($0 / 1_000_000, 1)) MB" } ?? "the memory of a computation"
      return "out of memory: \(amount) could not be allocated; "
        + "use a smaller batch, smaller images or a smaller network, or end other programs"
    case .setting(let name, let cause, let choices):
      return "\(name): \(cause); choose from \(choices.joined(separator: ", "))"
    }
  }
}
