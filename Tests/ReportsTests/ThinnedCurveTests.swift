import Reports
import Testing

/// Curves of any length in a bounded number of pieces.
@Suite struct ThinnedCurveTests {
  @Test func `no peak and no value is lost, however many there are`() {
    var curve = ThinnedCurve()
    for step in 1...100_000 { curve.add(step, step == 77_777 ? 50 : step == 5 ? -3 : 1) }
    #expect(curve.pieces.count <= ThinnedCurve.capacity)
    #expect(curve.pieces.count >= ThinnedCurve.capacity / 4)
    #expect(curve.pieces.map(\.most).max() == 50 && curve.pieces.map(\.least).min() == -3)
    #expect(curve.count == 100_000)
    #expect(curve.pieces.first?.first == 1 && curve.lastStep == 100_000)
    for (a, b) in zip(curve.pieces, curve.pieces.dropFirst()) { #expect(a.last < b.first) }
  }

  @Test func `a short curve is kept as it is`() {
    var curve = ThinnedCurve()
    for step in stride(from: 10, through: 500, by: 10) { curve.add(step, Double(step)) }
    #expect(curve.points.map(\.y) == stride(from: 10, through: 500, by: 10).map { Double($0) })
    #expect(curve.points.map(\.x) == curve.points.map(\.y))
  }

  @Test func `what is no number, or no later step, is left out`() {
    var curve = ThinnedCurve()
    for (step, value) in [(1, 1.0), (2, .nan), (3, .infinity), (1, 5), (-1, 5), (4, 2), (4, 9)] {
      curve.add(step, value)
    }
    #expect(curve.points == [Point(1, 1), Point(4, 2)])
  }

  @Test func `steps of any size have a place`() {
    var curve = ThinnedCurve()
    curve.add(1, 1)
    curve.add(Int.max, 3)
    #expect(curve.points.map(\.y) == [1, 3])
  }

  @Test func `smoothing keeps a constant and lessens chance`() {
    var (level, noisy) = (ThinnedCurve(), ThinnedCurve())
    for step in 1...1000 {
      level.add(step, 2)
      noisy.add(step, step % 2 == 0 ? 1 : 3)
    }
    #expect(level.smoothed.allSatisfy { abs($0.y - 2) < 1e-12 })
    #expect(noisy.smoothed.allSatisfy { abs($0.y - 2) < 0.2 })
    #expect(level.mean(ofLast: 0.1) == 2 && ThinnedCurve().mean(ofLast: 0.5) == nil)
  }
}
