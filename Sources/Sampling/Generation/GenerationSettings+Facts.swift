internal import Checkpoints
internal import Compiler
internal import Diffusion

extension GenerationSettings {
  /// What tells images by these settings from others.
  package var facts: [(String, String)] {
    var facts = [
      ("seed", String(seed)), ("sampler", sampler.rawValue), ("steps", String(steps)),
    ]
    if !sampler.hasOwnTimesteps { facts.append(("spacing", timestepSpacing.rawValue)) }
    if strength != 1 { facts.append(("strength", "\(strength)")) }
    if let resampling {
      facts += [("jump", String(resampling.jumpLength)), ("resamplings", String(resampling.count))]
    }
    if sampler.options.contains(.eta) { facts.append(("eta", "\(resolvedEta)")) }
    // Without a threshold both are the same.
    if sampler.options.contains(.clippedOutput), threshold != .none, let usesClippedModelOutput {
      facts.append(("use_clipped_model_output", "\(usesClippedModelOutput)"))
    }
    if sampler.options.contains(.variance) {
      facts.append(("variance", (variance ?? .betaTilde).rawValue))
    }
    if churn != 0 { facts.append(("churn", "\(churn)")) }
    if threshold != .clip { facts.append(("threshold", threshold.rawValue)) }
    if let className {
      facts.append(("class", className))
    } else if let classIndex {
      facts.append(("class", String(classIndex)))
    }
    if takesTurns { facts.append(("class", "all")) }
    if guidance != 1 {
      facts.append(("guidance", "\(guidance)"))
      if let guidanceInterval {
        facts.append(
          (
            "guidance interval", "\(guidanceInterval.lowerBound)..\(guidanceInterval.upperBound)"
          ))
      }
    }
    if precision.sampling == .bfloat16 { facts.append(("precision", "bf16")) }
    return facts
  }
}
