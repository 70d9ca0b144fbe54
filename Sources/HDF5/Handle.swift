internal import CHDF5

/// The owner of one identifier of the C library.
struct Handle: ~Copyable, Sendable {
  /// The identifier, valid as long as this owner lives.
  let id: hid_t

  /// Takes over `id`, which must be valid.
  init(owning id: hid_t) {
    self.id = id
  }

  deinit {
    Library.enter()
    H5Idec_ref(id)
    Library.leave()
  }

  /// Gives the identifier to another owner.
  consuming func release() -> hid_t {
    let id = id
    discard self
    return id
  }

  /// Closes now what would else be closed silently; negative where that failed.
  consuming func close() -> CInt {
    Library.enter()
    defer { Library.leave() }
    let result = H5Idec_ref(id)
    discard self
    return result
  }
}
