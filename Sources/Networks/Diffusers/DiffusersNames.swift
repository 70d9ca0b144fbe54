/// Parameter names of older diffusers versions, which published checkpoints still have.
enum DiffusersNames {
  private static let renamed = [
    "query": "to_q", "key": "to_k", "value": "to_v", "proj_attn": "to_out.0",
  ]

  /// The name that a parameter has today: `mid_block.attentions.0.query.weight` is
  /// `mid_block.attentions.0.to_q.weight`.
  static func current(_ name: String) -> String {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count >= 4, parts[parts.count - 4] == "attentions",
      let layer = renamed[String(parts[parts.count - 2])]
    else { return name }
    return (parts.dropLast(2) + [layer[...], parts[parts.count - 1]]).joined(separator: ".")
  }
}
