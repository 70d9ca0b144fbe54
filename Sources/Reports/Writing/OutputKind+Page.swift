public import Checkpoints

extension OutputKind {
  /// A page by any of Stipple's commands.
  public static let page = table("a report by stipple", Page.beginning)
}
