#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Between two tensors of normal noise, on the sphere that both lie near (Shoemake 1985; for DDIM Song et
/// al. 2021, section 5.3 and appendix D.5):
///
///     x = sin((1 - w) theta) / sin(theta) a + sin(w theta) / sin(theta) b
///
/// with theta the angle between a and b. A straight line would lead through noise that is too weak, which no
/// network has seen. Where a and b point the same or the opposite way the line is straight.
///
/// - Parameter w: 0 gives a and 1 gives b, exactly.
package func sphericalInterpolation(_ a: [Float], _ b: [Float], _ w: Double) -> [Float] {
  precondition(a.count == b.count, "the ends differ in size")
  func product(_ x: [Float], _ y: [Float]) -> Double {
    zip(x, y).reduce(0) { $0 + Double($1.0) * Double($1.1) }
  }
  let cosine = product(a, b) / (product(a, a) * product(b, b)).squareRoot()
  let theta = acos(min(max(cosine, -1), 1))
  var (first, second) = (1 - w, w)
  if sin(theta) > 1e-6 {
    (first, second) = (sin(first * theta) / sin(theta), sin(second * theta) / sin(theta))
  }
  return zip(a, b).map { Float(first * Double($0) + second * Double($1)) }
}
