#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension NoiseSchedule {
  /// How the noise grows along the timesteps.
  package enum Kind: String, Codable, Sendable, CaseIterable {
    /// beta rises linearly (Ho et al. 2020).
    case linear
    /// sqrt(beta) rises linearly (Rombach et al. 2022).
    case scaledLinear = "scaled-linear"
    /// abar follows a squared cosine, with beta at most 0.999 (Nichol & Dhariwal 2021, eq. 17).
    case cosine
    /// abar follows a sigmoid from its value at -3 to that at 3, with beta at most 0.999 (Jabri et al.
    /// 2022, algorithm 2, temperature 1; `sigmoid_beta_schedule` in lucidrains' repositories).
    case sigmoid
    /// beta follows a sigmoid from its value at -6 to that at 6, between the first and the last beta
    /// (Xu et al. 2022, GeoDiff; what diffusers calls `sigmoid`).
    case sigmoidBeta = "sigmoid-beta"
    /// The straight path of flow matching, x = (1 - u) x_0 + u eps with u = (t + 1) / T: nothing but noise at the
    /// last timestep (Lipman et al. 2023, eq. 22; Liu et al. 2023; `FlowMatchEulerDiscreteScheduler` in diffusers).
    case flow
    /// x = x_0 + sigma eps with sigma from 0.002 to 80, evenly spaced in sigma^(1/7) (Karras et al. 2022, table 1
    /// and eq. 5; `EDMEulerScheduler` in diffusers).
    case edm
    /// beta is given, number by number.
    case listed

    /// Those that follow from a few numbers.
    package static let computed = allCases.filter { $0 != .listed }

    /// Whether the first and the last beta mean anything to it.
    package var hasEnds: Bool {
      switch self {
      case .linear, .scaledLinear, .sigmoidBeta: true
      case .cosine, .sigmoid, .flow, .edm, .listed: false
      }
    }

    /// The value of `beta_schedule` in diffusers; nil where it has none.
    package var diffusersName: String? {
      switch self {
      case .linear: "linear"
      case .scaledLinear: "scaled_linear"
      case .cosine: "squaredcos_cap_v2"
      case .sigmoidBeta: "sigmoid"
      case .sigmoid, .flow, .edm, .listed: nil
      }
    }

    /// The kind that diffusers calls `name`.
    package init?(diffusersName name: String) {
      guard let kind = Kind.allCases.first(where: { $0.diffusersName == name }) else { return nil }
      self = kind
    }
  }

  /// What a schedule is made from, as checkpoints and noised files keep it.
  package struct Configuration: Codable, Sendable, Hashable {
    /// How the variances run.
    package var kind: Kind
    /// T, the number of timesteps.
    package var timesteps: Int
    /// beta of the first timestep, where the kind has ends.
    package var betaStart: Double
    /// beta of the last timestep, where the kind has ends.
    package var betaEnd: Double
    /// beta of every timestep, for the kind `listed`.
    package var betas: [Double]?
    /// Whether sqrt(abar) is then shifted and scaled so that it ends at 0, its first value kept: nothing
    /// of the image is left at the last timestep (Lin et al. 2024, algorithm 1).
    package var endsInNoise: Bool

    /// A configuration; by default that of Ho et al. 2020.
    package init(
      kind: Kind = .linear, timesteps: Int = 1000, betaStart: Double = 1e-4, betaEnd: Double = 0.02,
      endsInNoise: Bool = false
    ) {
      self.kind = kind
      self.timesteps = timesteps
      self.betaStart = betaStart
      self.betaEnd = betaEnd
      self.endsInNoise = endsInNoise
    }

    /// The schedule of given variances.
    package init(betas: [Double], endsInNoise: Bool = false) {
      self.init(
        kind: .listed, timesteps: betas.count, betaStart: betas.first ?? 0,
        betaEnd: betas.last ?? 0,
        endsInNoise: endsInNoise)
      self.betas = betas
    }

    enum CodingKeys: String, CodingKey {
      case kind
      case timesteps
      case betaStart = "beta_start"
      case betaEnd = "beta_end"
      case betas
      case endsInNoise = "zero_terminal_snr"
    }

    /// Reads what a checkpoint or a noised file has.
    package init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      kind = try container.decode(Kind.self, forKey: .kind)
      timesteps = try container.decode(Int.self, forKey: .timesteps)
      betaStart = try container.decode(Double.self, forKey: .betaStart)
      betaEnd = try container.decode(Double.self, forKey: .betaEnd)
      betas = try container.decodeIfPresent([Double].self, forKey: .betas)
      endsInNoise = try container.decodeIfPresent(Bool.self, forKey: .endsInNoise) ?? false
    }

    /// Writes what there is: a schedule that ends as it does has no word of it.
    package func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(kind, forKey: .kind)
      try container.encode(timesteps, forKey: .timesteps)
      try container.encode(betaStart, forKey: .betaStart)
      try container.encode(betaEnd, forKey: .betaEnd)
      try container.encodeIfPresent(betas, forKey: .betas)
      if endsInNoise { try container.encode(true, forKey: .endsInNoise) }
    }

    /// The first and the last beta that a schedule has unless others are asked for: those of Ho et al.
    /// 2020 for T = 1000, scaled by 1000/T so that schedules of any length end in about as much noise, as
    /// in improved-diffusion; the last at most 0.999, as in the schedules that follow from abar.
    package static func usualEnds(
      of kind: Kind?, timesteps: Int
    ) -> (start: Double, end: Double) {
      guard kind?.hasEnds ?? true, timesteps > 0 else { return (1e-4, 0.02) }
      let scale = 1000 / Double(timesteps)
      return (min(1e-4 * scale, 0.999), min(0.02 * scale, 0.999))
    }

    /// Whether nothing of the image is left at the last timestep.
    package var reachesNoise: Bool { endsInNoise || kind == .flow }

    /// Whether levels have a formula at all real timesteps, and networks are told of levels instead of timesteps.
    package var isContinuous: Bool { path != nil }

    /// The noise level sigma = sqrt((1 - abar) / abar) of real timesteps and back, where the kind has a formula for it.
    var path: (noiseLevel: (Double) -> Double, timestep: (Double) -> Double)? {
      let (count, last) = (Double(timesteps), Double(max(timesteps - 1, 1)))
      switch kind {
      case .flow:
        // sigma = u / (1 - u)
        return ({ ($0 + 1) / (count - 1 - $0) }, { $0 / (1 + $0) * count - 1 })
      case .edm:
        let levels = NoiseSchedule.edmLevels
        let (low, high) = (pow(levels.lowerBound, 1 / 7), pow(levels.upperBound, 1 / 7))
        return (
          { pow(low + $0 / last * (high - low), 7) },
          { (pow($0, 1 / 7) - low) / (high - low) * last }
        )
      case .linear, .scaledLinear, .cosine, .sigmoid, .sigmoidBeta, .listed: return nil
      }
    }

    /// The most timesteps that a schedule may have.
    package static let maximumTimesteps = 1_000_000

    /// Throws where no schedule can be made.
    package func validate() throws(DiffusionError) {
      guard (1...Self.maximumTimesteps).contains(timesteps) else {
        throw .timesteps(timesteps, maximum: Self.maximumTimesteps)
      }
      if reachesNoise && timesteps < 2 { throw .oneTimestepOfNoise }
      guard kind == .listed else {
        if kind.hasEnds, !(0 < betaStart && betaStart <= betaEnd && betaEnd < 1) {
          throw .betas(start: betaStart, end: betaEnd)
        }
        return
      }
      guard let betas, betas.count == timesteps else {
        throw .listedCount(betas?.count ?? 0, timesteps: timesteps)
      }
      if let index = betas.firstIndex(where: { !(0 < $0 && $0 < 1) }) {
        throw .listedBeta(betas[index], timestep: index)
      }
    }

    /// beta_t of every timestep.
    package func beta() -> [Double] { endsInNoise ? Self.rescaled(ownBeta()) : ownBeta() }

    /// beta_t of every timestep before it is made to end in noise.
    private func ownBeta() -> [Double] {
      switch kind {
      case .linear:
        return ramp(from: betaStart, to: betaEnd)
      case .scaledLinear:
        return ramp(from: betaStart.squareRoot(), to: betaEnd.squareRoot()).map { $0 * $0 }
      case .cosine:
        return following(squaredCosine)
      case .sigmoid:
        let (first, last) = (sigmoid(-3), sigmoid(3))
        return following { u in (last - sigmoid(6 * u - 3)) / (last - first) }
      case .sigmoidBeta:
        return ramp(from: -6, to: 6).map { sigmoid($0) * (betaEnd - betaStart) + betaStart }
      case .flow, .edm:
        let path = path
        return Self.beta(
          ofAlphaBar: (0..<timesteps).map { t in
            let level = path?.noiseLevel(Double(t)) ?? 0
            return 1 / (1 + level * level)
          })
      case .listed:
        return betas ?? []
      }
    }

    /// beta of an abar that is a function of u = (t + 1) / T.
    private func following(_ alphaBar: (Double) -> Double) -> [Double] {
      let count = Double(timesteps)
      return (0..<timesteps).map { t in
        min(1 - alphaBar(Double(t + 1) / count) / alphaBar(Double(t) / count), 0.999)
      }
    }

    /// Lin et al. 2024, algorithm 1: with a_t = sqrt(abar_t),
    ///
    ///     a_t ← (a_t - a_{T-1}) a_0 / (a_0 - a_{T-1})
    private static func rescaled(_ beta: [Double]) -> [Double] {
      var product = 1.0
      let roots = beta.map { beta in
        product *= 1 - beta
        return product.squareRoot()
      }
      guard let first = roots.first, let last = roots.last else { return beta }
      let alphaBar = roots.map { root in
        let scaled = (root - last) * first / (first - last)
        return scaled * scaled
      }
      return Self.beta(ofAlphaBar: alphaBar)
    }

    private static func beta(ofAlphaBar alphaBar: [Double]) -> [Double] {
      alphaBar.indices.map { t in 1 - alphaBar[t] / (t == 0 ? 1 : alphaBar[t - 1]) }
    }

    /// T evenly spaced numbers; the first alone where T is 1.
    private func ramp(from start: Double, to end: Double) -> [Double] {
      guard timesteps > 1 else { return [start] }
      let step = (end - start) / Double(timesteps - 1)
      return (0..<timesteps).map { $0 == timesteps - 1 ? end : start + Double($0) * step }
    }

    private func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

    /// cos^2((u + s) / (1 + s) · pi / 2) with s = 0.008, for u from 0 to 1.
    private func squaredCosine(_ u: Double) -> Double {
      let cosine = cos((u + 0.008) / 1.008 * .pi / 2)
      return cosine * cosine
    }
  }
}
