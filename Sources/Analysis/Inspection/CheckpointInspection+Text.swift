internal import Checkpoints
internal import Diffusion
internal import Networks
internal import Text

extension CheckpointInspection {
  func add(to facts: inout TextTable) {
    let kind = isSnapshot ? FileFormat.averages.name : "checkpoint"
    facts.append("kind", training == nil ? "\(kind), imported" : kind)
    if let card { facts.append("model", ModelCard(text: card).title) }
    facts.append("written", "\(created) by \(creator)")
    facts.append(
      "step", "\(Readable.grouped(step)), \(Readable.grouped(imagesSeen)) images seen")
    for (line, label) in zip(model.network.summary, ["network", ""]) { facts.append(label, line) }
    facts.append(
      "",
      "\(Readable.count(parameterCount)) parameters, "
        + "\(Readable.operations(floatingPointOperations)) per image (forward pass)")
    if let names = model.classNames { facts.append("classes", Readable.list(names)) }
    facts.append("images", Readable.image(model.images.width, model.images.height, model.channels))
    if let degradation = model.degradation {
      for (index, line) in Readable.lines(degradation.parts).enumerated() {
        facts.append(index == 0 ? "degradation" : "", line)
      }
    } else {
      addDiffusion(to: &facts)
    }
    for (index, line) in (training?.summary ?? []).enumerated() {
      facts.append(index == 0 ? "training" : "", line)
    }
    if let average {
      facts.append(
        "average",
        "of length \(average.length) put together from \(counted(average.snapshots.count, "snapshot")), to "
          + "\(Readable.number(100 * average.error)) %")
    }
    if let recentLoss {
      facts.append(
        "loss",
        "\(Readable.number(recentLoss)) in the last steps"
          + (validationLoss.map { ", validation \(Readable.number($0))" } ?? ""))
    }
    facts.append("machine", "\(counted(threads, "thread")) of \(cpu), oneDNN \(onednnVersion)")
  }

  private func addDiffusion(to facts: inout TextTable) {
    facts.append("schedule", Readable.schedule(model.schedule))
    if signalAtEnd > NoiseSchedule.negligibleSignal {
      facts.append(
        "",
        "the last timestep still holds \(Readable.share(signalAtEnd)) of the signal"
          + (!model.isDenoiser ? ", but sampling starts from pure noise" : ""))
    }
    facts.append(
      "objective",
      "predicts \(model.objective.name)" + (model.variance.map { ", variance \($0.name)" } ?? "")
        + (model.usesClippedModelOutput == false ? ", DDIM as in diffusers" : ""))
    if let usual = model.usualSampling {
      facts.append("sampling", "\(usual.sampler), \(counted(usual.steps, "step"))")
    }
    if let distillation = training?.distillation {
      facts.append("", "distilled from \(distillation.teacher) (\(distillation.fingerprint))")
    }
  }

  var partTable: TextTable {
    var table = TextTable(.left, .right, .right, .left, .right, .right, .left)
    table.append("part", "tensors", "elements", "type", "size", "norm", "fingerprint")
    for part in parts {
      table.append(
        part.name, String(part.tensors), Readable.grouped(part.elements), part.dtype,
        Readable.bytes(part.bytes), part.norm.map(Readable.norm) ?? "", part.fingerprint ?? "")
    }
    return table
  }

  var parameterTable: TextTable {
    var table = TextTable(.left, .left, .right, .right)
    table.append("parameter", "shape", "|ema|", "|model|")
    for parameter in parameters {
      table.append(
        parameter.name, Readable.shape(parameter.shape), norm(parameter.emaNorm, in: "ema"),
        norm(parameter.modelNorm, in: "model"))
    }
    return table
  }

  /// Nothing where the file has no such part, else a number or that it is none.
  private func norm(_ norm: Double?, in part: String) -> String {
    guard parts.contains(where: { $0.name == part }) else { return "" }
    return norm.map(Readable.norm) ?? "not finite"
  }
}

extension UNetConfiguration {
  /// The network in words.
  fileprivate var summary: [String] {
    let channels = channelsPerLevel.map(String.init).joined(separator: "-")
    let layers = layersPerBlock == 1 ? "1 layer" : "\(layersPerBlock) layers"
    let heads = headDimension.map { "heads of \($0)" } ?? "one head"
    var details = [
      hasAttention ? heads : "", normGroups == 0 ? "layer norms" : "\(normGroups) norm groups",
    ]
    if let patchSize { details.append("patches of \(patchSize) x \(patchSize) pixels") }
    if let classCount { details.append(counted(classCount, "class embedding")) }
    if classIsEmbeddedAsTimestep { details.append("class embedding of type timestep") }
    if let learnedTimestepCount { details.append("\(learnedTimestepCount) learned timesteps") }
    if dropout > 0 { details.append("dropout \(dropout)") }
    return [
      "U-Net \(channels), \(layers) per block, \(attention)",
      details.filter { !$0.isEmpty }.joined(separator: ", "),
    ]
  }

  private var attention: String {
    let up = upAttentionLevels ?? attentionLevels
    let levels = attentionLevels.indices.filter { attentionLevels[$0] || up[$0] }
    var places =
      levels.isEmpty
      ? []
      : [
        "at \(levels.count == 1 ? "level" : "levels") "
          + levels.map { String($0 + 1) }.joined(separator: ", ")
      ]
    if middleBlock == .attention { places.append("in the middle block") }
    return places.isEmpty ? "no attention" : "attention " + places.joined(separator: " and ")
  }
}

extension Objective {
  fileprivate var name: String {
    switch self {
    case .epsilon: "epsilon (noise)"
    case .image: "x_0 (sample)"
    case .velocity: "velocity (v_prediction)"
    case .flow: "flow (u = eps - x_0)"
    case .edm: "edm (F of Karras et al. 2022)"
    }
  }
}

extension ReverseVariance {
  fileprivate var name: String {
    switch self {
    case .beta: "beta"
    case .betaTilde: "beta~"
    case .learned: "learned range (between beta~ and beta)"
    case .learnedDirectly: "learned"
    }
  }
}

extension TrainingSettings {
  /// The settings of network and optimizer and the seed, and all others that are not as usual for the preset. Size,
  /// channels and schedule have lines of their own.
  fileprivate var summary: [String] {
    let usual = TrainingSettings(preset: preset, recipe: recipe)
    let shown = CodingKeys.allCases.filter { key in
      let setting = key.setting
      switch setting.section {
      case .diffusion: return false
      case .model, .optimization: return true
      default:
        return key == .seed
          || ![.size, .channels].contains(key) && setting.words(self) != setting.words(usual)
      }
    }
    return Readable.lines(
      shown.compactMap { key in key.setting.words(self).map { "\(key.rawValue) \($0)" } })
  }
}
