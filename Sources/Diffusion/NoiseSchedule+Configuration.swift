#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension NoiseSchedule {
  /// How the variances of the single steps run.
  package enum Kind: String, Codable, Sendable, CaseIterable {
    /// beta rises linearly (Ho et al. 2020).
    case linear
    /// sqrt(beta) rises linearly (Rombach et al. 2022).
    case scaledLinear = "scaled-linear"
    /// abar follows a squared cosine, with beta at most 0.999 (Nichol & Dhariwal 2021, eq. 17).
    case cosine

    /// The value of `beta_schedule` in diffusers.
    package var diffusersName: String {
      switch self {
      case .linear: "linear"
      case .scaledLinear: "scaled_linear"
      case .cosine: "squaredcos_cap_v2"
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
    /// beta of the first timestep; without meaning for `cosine`.
    package var betaStart: Double
    /// beta of the last timestep; without meaning for `cosine`.
    package var betaEnd: Double

    /// A configuration; by default that of Ho et al. 2020.
    package init(
      kind: Kind = .linear, timesteps: Int = 1000, betaStart: Double = 1e-4, betaEnd: Double = 0.02
    ) {
      self.kind = kind
      self.timesteps = timesteps
      self.betaStart = betaStart
      self.betaEnd = betaEnd
    }

    enum CodingKeys: String, CodingKey {
      case kind
      case timesteps
      case betaStart = "beta_start"
      case betaEnd = "beta_end"
    }

    /// The most timesteps that a schedule may have.
    package static let maximumTimesteps = 1_000_000

    /// Throws where no schedule can be made.
    package func validate() throws(DiffusionError) {
      guard (1...Self.maximumTimesteps).contains(timesteps) else {
        throw .timesteps(timesteps, maximum: Self.maximumTimesteps)
      }
      guard betaStart > 0, betaStart <= betaEnd, betaEnd < 1 else {
        throw .betas(start: betaStart, end: betaEnd)
      }
    }

    /// beta_t of every timestep.
    func beta() -> [Double] {
      switch kind {
      case .linear:
        return ramp(from: betaStart, to: betaEnd)
      case .scaledLinear:
        return ramp(from: betaStart.squareRoot(), to: betaEnd.squareRoot()).map { $0 * $0 }
      case .cosine:
        let count = Double(timesteps)
        return (0..<timesteps).map { t in
          min(1 - squaredCosine(Double(t + 1) / count) / squaredCosine(Double(t) / count), 0.999)
        }
      }
    }

    /// T evenly spaced numbers; the first alone where T is 1.
    private func ramp(from start: Double, to end: Double) -> [Double] {
      guard timesteps > 1 else { return [start] }
      let step = (end - start) / Double(timesteps - 1)
      return (0..<timesteps).map { $0 == timesteps - 1 ? end : start + Double($0) * step }
    }

    /// cos^2((u + s) / (1 + s) · pi / 2) with s = 0.008, for u from 0 to 1.
    private func squaredCosine(_ u: Double) -> Double {
      let cosine = cos((u + 0.008) / 1.008 * .pi / 2)
      return cosine * cosine
    }
  }
}
