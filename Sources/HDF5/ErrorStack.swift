internal import CHDF5
internal import SystemPackage

/// A copy of the C library's error stack, which its next call would clear.
struct ErrorStack {
  /// What the frames say, from the function that was called to the one that failed.
  let descriptions: [String]

  /// Copies this thread's stack.
  init() {
    var found: [String] = []
    withUnsafeMutablePointer(to: &found) { list in
      _ = H5Ewalk2(
        st_h5_default_stack(), H5E_WALK_DOWNWARD,
        { _, frame, list in
          if let text = frame?.pointee.desc {
            list?.assumingMemoryBound(to: [String].self).pointee.append(String(cString: text))
          }
          return 0
        }, list)
    }
    descriptions = found
  }

  /// Whether a frame says `text`.
  func mentions(_ text: String) -> Bool {
    descriptions.contains { $0.contains(text) }
  }

  /// The system's words where a frame has an errno, else the innermost frame's own.
  var cause: String {
    for text in descriptions.reversed() {
      guard let range = text.firstRange(of: "errno = ") else { continue }
      let digits = text[range.upperBound...].prefix { $0.isNumber }
      if let number = CInt(digits), number != 0 { return Errno(rawValue: number).description }
    }
    return descriptions.last ?? "the HDF5 library does not say why"
  }
}
