package import Diffusion
public import SystemPackage
internal import Text

// What the settings mean in terms of diffusion.
extension TrainingSettings {
  /// The first and the last beta: those given, and else the usual ones for as many timesteps.
  var betaEnds: (start: Double, end: Double) {
    let usual = NoiseSchedule.Configuration.usualEnds(
      of: NoiseSchedule.Kind(rawValue: schedule), timesteps: timesteps)
    let end = betaEnd ?? usual.end
    // An end that is below the usual start makes a constant of both.
    return (betaStart ?? min(usual.start, end), end)
  }

  /// - Throws: `SettingError` where there is no such schedule.
  package func noiseSchedule() throws(SettingError) -> NoiseSchedule.Configuration {
    let ends = betaEnds
    var schedule = NoiseSchedule.Configuration(
      kind: try scheduleKind(), timesteps: timesteps, betaStart: ends.start, betaEnd: ends.end,
      endsInNoise: zeroTerminalSNR)
    if schedule.kind == .listed, let betas {
      schedule = .init(betas: betas.values, endsInNoise: zeroTerminalSNR)
    }
    return schedule
  }

  private func scheduleKind() throws(SettingError) -> NoiseSchedule.Kind {
    guard let kind = NoiseSchedule.Kind(rawValue: schedule) else {
      throw SettingError(
        CodingKeys.schedule.rawValue,
        cause: "unknown schedule \(schedule); choose from \(Self.schedules.joined(separator: ", "))"
      )
    }
    return kind
  }

  /// Nil for beta~, as in checkpoints.
  package var reverseVariance: ReverseVariance? { variance == .betaTilde ? nil : variance }

  package var lossWeight: LossWeight {
    switch lossWeighting {
    case .constant: .constant
    case .minSNR: .minSNR(gamma: minSNRGamma)
    case .truncatedSNR: .truncatedSNR
    case .bound: .bound(variance)
    }
  }

  /// How timesteps follow from quantiles; importance changes as the run goes on.
  package var sampling: TimestepSampling {
    if let noiseRange { return .noiseLevels(noiseRange.levels) }
    if distillation != nil { return ConsistencyTuning.levels }
    switch timestepSampling {
    case .logNormal: return .karras
    case .logitNormal: return .logitNormal
    case .uniform, .importance: return .uniform
    }
  }

  /// Makes sure that the settings of the noise go together.
  package func validateDiffusion() throws(SettingError) {
    func require(_ holds: Bool, _ name: CodingKeys, _ cause: String) throws(SettingError) {
      if !holds { throw SettingError(name.rawValue, cause: cause) }
    }
    try require(
      schedule != NoiseSchedule.Kind.listed.rawValue || betas != nil, .schedule,
      "listed needs `betas`")
    if let betas {
      try require(
        schedule == NoiseSchedule.Kind.listed.rawValue, .betas,
        "are given, and the schedule is \(schedule)")
      try require(
        betas.values.count == timesteps, .betas,
        "there are \(betas.values.count) for \(counted(timesteps, "timestep"))")
    }
    try require(
      !zeroTerminalSNR || objective != .epsilon, .zeroTerminalSNR,
      "cannot be combined with `objective` epsilon; use `objective` velocity or image")
    let kind = try scheduleKind()
    try require(
      kind != .flow || objective != .epsilon, .schedule,
      "flow cannot be combined with `objective` epsilon; use `objective` flow, velocity or image")
    try require(
      !zeroTerminalSNR || (kind != .flow && kind != .edm), .zeroTerminalSNR,
      "has no meaning for `schedule` \(schedule)")
    try require(
      timestepSampling == .uniform || noiseRange == nil, .timestepSampling,
      "\(timestepSampling.rawValue) cannot be combined with `noise-range`")
    if let noiseRange, let process = (try? noiseSchedule()).flatMap({ try? NoiseSchedule($0) }) {
      if let cause = noiseRange.fault(in: process) {
        throw SettingError(CodingKeys.noiseRange.rawValue, cause: cause)
      }
    }
    try require(
      lossWeighting != .bound || sampling == .uniform, .lossWeighting,
      "bound needs integer timesteps, without `noise-range`, log-normal or logit-normal sampling")
    try require(
      variance != .learnedDirectly, .variance, "learned-directly is only for models of diffusers")
    try require(
      variance != .learned || sampling == .uniform, .variance,
      "learned needs integer timesteps, without `noise-range`, log-normal or logit-normal sampling")
    try require(
      lossWeighting != .bound || variance != .learned, .lossWeighting,
      "bound cannot be combined with `variance` learned")
  }
}

extension TrainingSettings {
  /// Makes sure that settings of the noise that a file names go together with the others.
  ///
  /// - Parameter typed: what was given beside the file, whatever that says.
  /// - Throws: `RunError.configuration` with the file's line. What is not the file's fault, a plan refuses.
  public func checkDiffusion(
    of file: FilePath, besides typed: some Sequence<CodingKeys>
  ) throws {
    let (text, typed) = (try SettingsText(file), Set(typed))
    func refuse(_ keys: [CodingKeys], _ cause: String) throws {
      let name = text.names.first { name in
        CodingKeys(anyVersion: name).map { keys.contains($0) && !typed.contains($0) } ?? false
      }
      if let name { throw text.refusal(of: name, cause.replacing("`", with: "")) }
    }
    do {
      try validateDiffusion()
      try noiseSchedule().validate()
    } catch let error as SettingError {
      try refuse([CodingKeys(rawValue: error.setting)].compactMap(\.self), error.cause)
    } catch DiffusionError.betas(let start, let end) {
      try refuse(
        [.betaStart, .betaEnd],
        "betas run from \(start) to \(end); give numbers between 0 and 1, the second not smaller")
    }
  }
}
