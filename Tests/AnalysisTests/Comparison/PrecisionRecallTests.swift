import Analysis
import Random
import Testing

/// Precision, recall, density and coverage, to values of scikit-learn's from
/// `Tests/Fixtures/precision_recall.py`.
@Suite struct PrecisionRecallTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let a, b: [Double]
    let columns: Int
    let precision, recall, density, coverage: Double

    init(
      _ name: String, _ a: [Double], _ b: [Double], columns: Int = 6, _ figures: [Double]
    ) {
      (testDescription, self.a, self.b, self.columns) = (name, a, b, columns)
      (precision, recall, density, coverage) = (figures[0], figures[1], figures[2], figures[3])
    }
  }

  private static func points(
    _ rows: Int, _ columns: Int, levels: UInt32, index: Int, shift: Double = 0
  ) -> [Double] {
    RandomStream(seed: 3, purpose: .comparison, index: index).words(rows * columns)
      .map { Double($0 % levels) + shift }
  }

  private static let a = points(60, 6, levels: 64, index: 0)
  private static let b = points(75, 6, levels: 101, index: 1)

  private static func rows(_ points: [Double], _ range: Range<Int>, times: Int = 1) -> [Double] {
    range.flatMap { row in (0..<times).flatMap { _ in points[(row * 6)..<(row * 6 + 6)] } }
  }

  static let cases = [
    Case(
      "two sets", a, b,
      [0.9666666666666667, 0.13333333333333333, 1.0966666666666667, 0.5466666666666666]),
    Case("equal sets", b, b, [1, 1, 1.2, 1]),
    Case("a part", rows(b, 10..<40), b, [1, 0.96, 1.2533333333333334, 0.9733333333333334]),
    Case("of a part", b, rows(b, 10..<40), [0.96, 1, 0.9493333333333334, 1]),
    Case("far apart", a, a.map { $0 + 1000 }, [0, 0, 0, 0]),
    Case(
      "duplicates", rows(a, 0..<20, times: 4), rows(b, 0..<30) + rows(a, 10..<20, times: 7),
      [0.7, 0.7, 0.88, 0.84]),
    Case(
      "many at equal distances, more than a block", points(90, 2, levels: 9, index: 2),
      points(300, 2, levels: 8, index: 3, shift: 2), columns: 2,
      [0.7222222222222222, 0.9633333333333334, 2.033333333333333, 0.7933333333333333]),
  ]

  @Test(arguments: cases) func `figures are scikit-learn's`(_ row: Case) throws {
    let found = try #require(
      FeatureComparison(row.a, row.b, dimensions: row.columns, seed: 0).precisionRecall)
    let (precision, recall) = (try #require(found.precision), try #require(found.recall))
    let (density, coverage) = (try #require(found.density), try #require(found.coverage))
    #expect(abs(precision - row.precision) < 1e-12 && abs(recall - row.recall) < 1e-12)
    #expect(abs(density - row.density) < 1e-12 && abs(coverage - row.coverage) < 1e-12)
    #expect(found.notes.isEmpty)
  }

  /// Numbers without exact squares, far from 0 and close to each other: what is lost by taking
  /// |x|² + |y|² - 2 x·y.
  @Test func `copies lie in their balls, whatever the numbers`() throws {
    let numbers = Self.a.map { 1e6 + $0 / 97 }
    let copies = Self.rows(numbers, 0..<10, times: 6)
    let found = try #require(
      FeatureComparison(copies, numbers, dimensions: 6, seed: 0).precisionRecall)
    #expect(found.precision == 1 && (found.coverage ?? 0) >= 10.0 / 60)
    let within = try #require(
      FeatureComparison(numbers, copies, dimensions: 6, seed: 0).precisionRecall)
    // Balls of radius 0 about the ten points.
    #expect(within.precision == 10.0 / 60 && within.recall == 1 && within.coverage == 1)
  }

  @Test(arguments: [(2, 2), (2, 4), (4, 2), (3, 5), (4, 4), (2, 6)])
  func `too few points have no figures, and that is said`(rows: Int, otherRows: Int) throws {
    let a = Self.rows(Self.a, 0..<rows)
    let b = Self.rows(Self.b, 0..<otherRows)
    let found = try #require(FeatureComparison(a, b, dimensions: 6, seed: 0).precisionRecall)
    #expect((found.precision == nil) == (otherRows < 4))
    #expect((found.recall == nil) == (rows < 4))
    #expect((found.density == nil) == (otherRows < 6))
    #expect((found.coverage == nil) == (otherRows < 6))
    let missing = [
      otherRows < 4
        ? "no precision: needs at least 4 rows in B (k = 3), got \(otherRows)" : nil,
      rows < 4 ? "no recall: needs at least 4 rows in A (k = 3), got \(rows)" : nil,
      otherRows < 6
        ? "no density and coverage: needs at least 6 rows in B (k = 5), got \(otherRows)" : nil,
    ]
    #expect(found.notes == missing.compactMap { $0 })
  }
}
