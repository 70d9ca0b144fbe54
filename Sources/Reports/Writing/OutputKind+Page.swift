public import Checkpoints

extension OutputKind {
  /// A page by any of Stipple's commands.
  public static let page = text("a report by stipple", suffix: "html", Page.beginning)
}
