/// Negative numbers as values: the parser takes `-1` in `--guidance -1` for an option of its own, of which
/// there is none that begins with a digit.
enum NegativeNumbers {
  /// The arguments with each negative number joined to the option before it: `--guidance=-1`.
  static func joined(_ arguments: [String]) -> [String] {
    var result: [String] = []
    var isOption = false
    for (index, argument) in arguments.enumerated() {
      // What follows `--` is no option.
      if argument == "--" { return result + arguments[index...] }
      if isOption, isNegative(argument), let option = result.popLast() {
        result.append("\(option)=\(argument)")
        isOption = false
      } else {
        result.append(argument)
        isOption = argument.hasPrefix("-") && !argument.contains("=") && argument.count > 1
      }
    }
    return result
  }

  private static func isNegative(_ argument: String) -> Bool {
    guard argument.hasPrefix("-") else { return false }
    let rest = argument.dropFirst()
    if ["inf", "infinity", "nan"].contains(rest.lowercased()) { return true }
    return rest.drop { $0 == "." }.first.map { $0.isASCII && $0.isNumber } ?? false
  }
}
