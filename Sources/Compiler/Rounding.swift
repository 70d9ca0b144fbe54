extension Int {
  /// The least multiple of `count` that is not smaller.
  package func roundedUp(toMultipleOf count: Int) -> Int { (self + count - 1) / count * count }
}
