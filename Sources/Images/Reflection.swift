/// Where the elements of a line lie that goes on as if mirrored at its ends.
package enum Reflection {
  /// With the last element seen twice: ... 1 0 | 0 1 ... n-1 | n-1 n-2 ...
  package static func halfSample(_ i: Int, of count: Int) -> Int {
    let within = place(i, 2 * count)
    return min(within, 2 * count - 1 - within)
  }

  /// With the last element seen once: ... 2 1 | 0 1 ... n-1 | n-2 n-3 ...
  package static func wholeSample(_ i: Int, of count: Int) -> Int {
    if count == 1 { return 0 }
    let within = place(i, 2 * (count - 1))
    return min(within, 2 * (count - 1) - within)
  }

  /// Of a period, from 0.
  private static func place(_ i: Int, _ period: Int) -> Int {
    let rest = i % period
    return rest < 0 ? rest + period : rest
  }
}
