package import SystemPackage

/// How provenance is told in errors: by the options of the command line, whatever the names are that files have for them.
extension Provenance {
  /// The error for a picture that another would replace.
  ///
  /// - Parameter found: what made it; nil where it is not of Stipple's making.
  package static func refusal(
    at path: FilePath, found: Provenance?, expected: Provenance
  ) -> OutputError {
    guard let found else { return .unknownImage(path) }
    if found.kind != expected.kind || found.command != expected.command {
      return .otherKind(
        path, found: "\(found.kind) by \(found.command)",
        expected: "\(expected.kind) by \(expected.command)")
    }
    return .otherImage(
      path, found: found.differences(from: expected), expected: expected.differences(from: found))
  }

  /// All facts: "`seed` 3, `sampler` ddim".
  var words: String { Self.list(facts.map(told)) }

  /// The facts that another has with other values, or where there are none, that one of the two lacks; what no setting is
  /// only where it is all.
  private func differences(from other: Self) -> String {
    func differing(_ facts: [Fact], from others: [Fact]) -> [Fact] {
      let found = facts.filter { !others.contains($0) }
      let ofSettings = found.filter { !Self.consequences.contains($0.name) }
      return ofSettings.isEmpty ? found : ofSettings
    }
    let own = differing(facts, from: other.facts)
    let others = differing(other.facts, from: facts)
    let changed = own.filter { fact in others.contains { Self.topic($0) == Self.topic(fact) } }
    if !changed.isEmpty { return Self.list(changed.map(told)) }
    let parts = own.map(told) + others.map { "no \(name($0))" }
    return parts.isEmpty ? words : Self.list(parts)
  }

  /// What follows from settings and images, and is kept of some pictures alone.
  private static let consequences = ["index", "image", "estimated"]

  /// What a fact is about, of which a picture has one value.
  private static func topic(_ fact: Fact) -> String {
    let second = ["interval ", "with seed "].first { fact.value?.hasPrefix($0) ?? false }
    return fact.name + (second ?? "")
  }

  /// A fact's option without its value.
  private func name(_ fact: Fact) -> String {
    told(fact).split(separator: " ").first.map(String.init) ?? fact.name
  }

  private static func list(_ parts: [String]) -> String { parts.joined(separator: ", ") }

  /// The command that makes it: "stipple generate `from`".
  private var command: String {
    switch work {
    case "vary": "stipple generate `from`"
    case "noise": value(of: "sigma") == nil ? "stipple noise `png`" : "stipple denoise `noisy`"
    default: "stipple \(work)"
    }
  }

  /// What it is: "an image", "a grid".
  private var kind: String {
    if let picture = value(of: "film") ?? value(of: "picture") {
      return ["animation", "film"].contains(picture) ? "an animation" : "a \(picture)"
    }
    if value(of: "frame") != nil { return "a frame" }
    return value(of: "images") == nil ? "an image" : "a grid"
  }

  /// A fact as an option with its value, where there is such an option.
  private func told(_ fact: Fact) -> String {
    guard let value = fact.value.map(Self.number) else { return fact.name }
    switch fact.name {
    case "step": return "step \(value) of the model"
    case "index": return "image \(value)"
    case "frame": return "`frames` \(value.split(separator: " ").last ?? "")"
    case "image", "mask": return "input \(fact.name) \(value)"
    case "images", "pairs": return "\(value) \(fact.name)"
    case "metadata": return "`strip`"
    case "between": return "`between` images \(value)"
    case "guidance" where value.hasPrefix("interval "):
      return "`guidance-interval` \(value.dropFirst("interval ".count))"
    case "added" where value.hasPrefix("with seed "):
      return "noise `seed` \(value.dropFirst("with seed ".count))"
    case "sigma" where work == "noise": return "`add-noise` \(value)"
    case "sigma" where value == "of each image": return "`sigma` estimated for each image"
    default: return "\(Self.setting(fact.name) ?? fact.name) \(value)"
    }
  }

  /// "50" of "50.0".
  private static func number(_ text: String) -> String {
    text.hasSuffix(".0") && Double(text) != nil ? String(text.dropLast(2)) : text
  }

  /// The setting that a fact is, in backquotes; nil where it is none of a user's.
  private static func setting(_ name: String) -> String? { settings[name].map { "`\($0)`" } }

  /// The settings by the facts' names.
  private static let settings = [
    "seed": "seed", "seeds": "seeds", "sampler": "sampler", "steps": "steps",
    "spacing": "timestep-spacing", "strength": "strength", "jump": "jump-length",
    "resamplings": "resamplings", "eta": "eta",
    "use_clipped_model_output": "use-clipped-model-output", "churn": "churn",
    "threshold": "threshold", "class": "class", "guidance": "guidance", "guide": "guide",
    "precision": "precision", "x_T": "initial-noise", "shard": "shard",
    "method": "method", "sigma": "sigma", "ensemble": "ensemble", "tile": "tile", "luma": "luma",
    "chroma": "chroma", "grain": "keep-grain", "added": "add-noise", "depth": "depth",
    "metadata": "strip",
  ]
}
