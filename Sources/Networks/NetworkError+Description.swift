extension NetworkError: CustomStringConvertible {
  /// `<path>: <what failed>: <cause>[; <way out>]`.
  package var description: String {
    switch self {
    case .configuration(let key, let cause):
      "network: \(key): \(cause)"
    case .imageSize(let width, let height, let multiple):
      "image size \(width) x \(height): width and height must be multiples of \(multiple) for this "
        + "network; the nearest are \(Self.nearest(width, height, multiple))"
    case .file(let path, let failure, let cause):
      "\(path): \(failure): \(cause)"
    case .json(let path, let offset, let problem):
      "\(path): is not valid JSON: \(problem) at byte \(offset)"
    case .option(let path, let key, let problem):
      "\(path): \(key): \(problem)"
    case .unsupported(let path, let key, let value, let supported):
      "\(path): \(key): \(value) is not supported; \(supported)"
    case .folder(let path, let cause, let remedy):
      "\(path): cannot be imported: \(cause); \(remedy)"
    case .exists(let path):
      "\(path): not written: the file exists already; give another name, or `overwrite` to replace it"
    case .safetensors(let path, let cause):
      "\(path): cannot be read as safetensors: \(cause)"
    case .tensor(let path, let name, let cause):
      "\(path): tensor \(name): \(cause)"
    case .mismatch(let path, let mismatch):
      "\(path): does not hold this network's parameters: \(mismatch)"
    }
  }

  /// The one size or two sizes around a given one that are multiples of `multiple`.
  private static func nearest(_ width: Int, _ height: Int, _ multiple: Int) -> String {
    // Past 2^30 nothing is near, and a sum might overflow.
    func below(_ size: Int) -> Int { max(1, min(max(0, size), 1 << 30) / multiple) * multiple }
    func above(_ size: Int) -> Int {
      let lower = below(size)
      return lower >= size || size > 1 << 30 ? lower : lower + multiple
    }
    let lower = "\(below(width)) x \(below(height))"
    let upper = "\(above(width)) x \(above(height))"
    return lower == upper ? lower : "\(lower) and \(upper)"
  }
}

extension ParameterMismatch: CustomStringConvertible {
  /// The first differences of each kind and how many more there are.
  package var description: String {
    var parts: [String] = []
    if !shapes.isEmpty {
      parts.append(
        Self.list(shapes) {
          "\($0.name) has shape \(Self.text($0.found)), expected \(Self.text($0.expected))"
        })
    }
    if !missing.isEmpty { parts.append("missing " + Self.list(missing) { $0 }) }
    if !extra.isEmpty { parts.append("not in the network " + Self.list(extra) { $0 }) }
    return parts.joined(separator: "; ")
  }

  private static func text(_ shape: [Int]) -> String {
    shape.isEmpty ? "scalar" : shape.map(String.init).joined(separator: " x ")
  }

  private static func list<Element>(
    _ elements: [Element], limit: Int = 3, _ text: (Element) -> String
  ) -> String {
    let shown = elements.prefix(limit).map(text).joined(separator: ", ")
    return elements.count > limit ? shown + " and \(elements.count - limit) more" : shown
  }
}
