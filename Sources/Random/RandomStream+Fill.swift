internal import CKernels

extension RandomStream {
  /// Fills `out` with standard normal numbers, the stream's numbers from `first` on.
  package func fillNormal(_ out: UnsafeMutableBufferPointer<Float>, from first: Int = 0) {
    st_random_normal(out.baseAddress, key, position(first), out.count)
  }

  /// Fills `out` with standard normal numbers, the stream's numbers from `first` on.
  package func fillNormal(_ out: inout MutableSpan<Float>, from first: Int = 0) {
    out.withUnsafeMutableBufferPointer { fillNormal($0, from: first) }
  }

  /// Fills `out` with standard normal numbers, the stream's numbers from `first` on.
  package func fillNormal(_ out: inout [Float], from first: Int = 0) {
    out.withUnsafeMutableBufferPointer { fillNormal($0, from: first) }
  }

  /// `count` standard normal numbers, the stream's numbers from `first` on.
  package func normals(_ count: Int, from first: Int = 0) -> [Float] {
    [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      st_random_normal(buffer.baseAddress, key, position(first), count)
      initialized = count
    }
  }

  /// Fills `out` with numbers uniform in [0, 1), the stream's numbers from `first` on.
  package func fillUniform(_ out: UnsafeMutableBufferPointer<Float>, from first: Int = 0) {
    st_random_uniform(out.baseAddress, key, position(first), out.count)
  }

  /// Fills `out` with numbers uniform in [0, 1), the stream's numbers from `first` on.
  package func fillUniform(_ out: inout MutableSpan<Float>, from first: Int = 0) {
    out.withUnsafeMutableBufferPointer { fillUniform($0, from: first) }
  }

  /// Fills `out` with numbers uniform in [0, 1), the stream's numbers from `first` on.
  package func fillUniform(_ out: inout [Float], from first: Int = 0) {
    out.withUnsafeMutableBufferPointer { fillUniform($0, from: first) }
  }

  /// `count` words of random bits, the stream's words from `first` on.
  package func words(_ count: Int, from first: Int = 0) -> [UInt32] {
    [UInt32](unsafeUninitializedCapacity: count) { buffer, initialized in
      st_random_words(buffer.baseAddress, key, position(first), count)
      initialized = count
    }
  }

  /// A position in a stream, which holds 2^34 words.
  private func position(_ first: Int) -> UInt64 {
    precondition(first >= 0 && first < 1 << 34, "a random stream has no number \(first)")
    return UInt64(first)
  }
}
