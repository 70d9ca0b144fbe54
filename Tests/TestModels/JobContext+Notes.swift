import Sampling

extension JobContext {
  /// One that passes on notes alone.
  package init(notes: @escaping (String) -> Void) {
    self.init(onEvent: { event in
      if case .note(let text) = event { notes(text) }
    })
  }
}
