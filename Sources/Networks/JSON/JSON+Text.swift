extension JSON {
  /// The document as text: on one line, or indented by two blanks as Python's `json.dumps(indent=2)`.
  package func text(indented: Bool) -> String {
    var text = ""
    write(into: &text, indent: indented ? 0 : nil)
    return text
  }

  private func write(into text: inout String, indent: Int?) {
    switch self {
    case .null: text += "null"
    case .boolean(let value): text += value ? "true" : "false"
    case .integer(let value): text += "\(value)"
    case .number(let value): text += "\(value)"
    case .string(let value): text += Self.quoted(value)
    case .array(let elements):
      Self.writeList("[", "]", elements, into: &text, indent: indent) { element, text, indent in
        element.write(into: &text, indent: indent)
      }
    case .object(let members):
      Self.writeList("{", "}", members, into: &text, indent: indent) { member, text, indent in
        text += Self.quoted(member.name) + (indent == nil ? ":" : ": ")
        member.value.write(into: &text, indent: indent)
      }
    }
  }

  private static func writeList<Element>(
    _ open: String, _ close: String, _ elements: [Element], into text: inout String, indent: Int?,
    _ write: (Element, inout String, Int?) -> Void
  ) {
    func breakLine(_ depth: Int) {
      if indent != nil { text += "\n" + String(repeating: "  ", count: depth) }
    }
    let depth = indent ?? 0
    text += open
    for (index, element) in elements.enumerated() {
      if index > 0 { text += "," }
      breakLine(depth + 1)
      write(element, &text, indent.map { $0 + 1 })
    }
    if !elements.isEmpty { breakLine(depth) }
    text += close
  }

  private static func quoted(_ string: String) -> String {
    var text = "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text + "\""
  }
}
