/// At most `limit` of the numbers 0 to `count - 1`, spread evenly.
package func evenlySpread(_ limit: Int, of count: Int) -> [Int] {
  let chosen = min(limit, count)
  return (0..<chosen).map { $0 * count / chosen }
}
