internal import Sampling

/// How far one set of points, such as generated images, covers another and is covered by it: precision
/// and recall (Kynkäänniemi et al. 2019), density and coverage (Naeem et al. 2020).
///
/// About each point y of a set Y stands a ball of radius r_k(y), which reaches to the k-th nearest other point
/// of Y. With A the set to judge and B the reference:
///
///     precision   the share of points a with |a - b| <= r_3(b) for a point b
///     recall      the share of points b with |a - b| <= r_3(a) for a point a
///     density     the number of pairs (a, b) with |a - b| <= r_5(b), divided by 5 and the count of A
///     coverage    the share of points b with |a - b| <= r_5(b) for a point a
///
/// A ball holds the points on its surface too, so that copies of a point are in its ball though its
/// radius be 0. Recall says nothing where precision is near 0: points far off, such as noise, lie so
/// far from each other that their balls hold all of B. Distances are Euclidean, in double precision.
public struct PrecisionRecall: Sendable, Encodable {
  /// Nil where B has fewer than 4 points.
  public let precision: Double?
  /// Nil where A has fewer than 4 points.
  public let recall: Double?
  /// Nil where B has fewer than 6 points; 0 and more, about 1 where A is as B.
  public let density: Double?
  /// Nil where B has fewer than 6 points.
  public let coverage: Double?
  /// Why figures are nil, in words.
  public let notes: [String]

  /// Neighbors of precision and recall.
  static let k = 3
  /// Neighbors of density and coverage.
  static let coverageK = 5

  private enum CodingKeys: CodingKey { case precision, recall, density, coverage }

  /// The figures with their names, those that there are.
  var rows: [(name: String, k: Int, value: Double)] {
    [
      ("precision", Self.k, precision), ("recall", Self.k, recall),
      ("density", Self.coverageK, density), ("coverage", Self.coverageK, coverage),
    ].compactMap { name, k, value in value.map { (name, k, $0) } }
  }
}

extension PrecisionRecall {
  /// What is found on the way to the figures.
  struct Neighbors {
    /// Of each point of A in B.
    let aToB: [NearestNeighbors]
    /// Of each point of B among the others.
    let bToB: [NearestNeighbors]
    /// The figures; without meaning on other processes than the first.
    let figures: PrecisionRecall
  }

  /// Looks for all neighbors. The processes share the points.
  ///
  /// - Parameter points: what the points are called: "images".
  /// - Returns: on the first process; nothing of meaning on the others. Nil where the work is to stop.
  static func find(
    _ a: Points, _ b: Points, _ points: String, _ context: JobContext
  ) throws -> Neighbors? {
    func within(_ set: Points, _ k: Int, _ name: String) throws -> [NearestNeighbors]? {
      try NearestNeighbors.find(
        k, of: set, in: set, excludingItself: true, "nearest neighbors within \(name)", context)
    }
    guard let bToB = try within(b, coverageK, "B"), let aToA = try within(a, k, "A")
    else { return nil }
    /// The squared radii of a set's balls; none where it has too few points.
    func radii(_ neighbors: [NearestNeighbors], _ set: Points, _ k: Int) throws -> [Double]? {
      set.count > k ? try context.share { neighbors.map { $0.squares[k - 1] } } : nil
    }
    let ballsOfA = try radii(aToA, a, k)
    let (ballsOfB, coverageBalls) = (try radii(bToB, b, k), try radii(bToB, b, coverageK))
    guard
      let aToB = try NearestNeighbors.find(
        1, of: a, in: b, radii: [ballsOfB, coverageBalls].compactMap { $0 },
        "nearest neighbors in B", context),
      let bToA = try NearestNeighbors.find(
        1, of: b, in: a, radii: [ballsOfA].compactMap { $0 }, "nearest neighbors in A", context)
    else { return nil }
    func share(_ neighbors: [NearestNeighbors]) -> Double {
      Double(neighbors.count { $0.within[0] > 0 }) / Double(neighbors.count)
    }
    func missing(_ figures: String, _ set: Points, _ name: String, _ k: Int) -> String? {
      set.count > k
        ? nil
        : "no \(figures): needs at least \(k + 1) \(points) in \(name) (k = \(k)), got \(set.count)"
    }
    let figures = PrecisionRecall(
      precision: ballsOfB.map { _ in share(aToB) }, recall: ballsOfA.map { _ in share(bToA) },
      density: coverageBalls.map { _ in
        Double(aToB.reduce(0) { $0 + $1.within[1] }) / Double(coverageK * a.count)
      },
      coverage: coverageBalls.map { balls in
        Double(zip(bToA, balls).count { $0.squares[0] <= $1 }) / Double(b.count)
      },
      notes: [
        missing("precision", b, "B", k), missing("recall", a, "A", k),
        missing("density and coverage", b, "B", coverageK),
      ].compactMap { $0 })
    return Neighbors(aToB: aToB, bToB: bToB, figures: figures)
  }
}
