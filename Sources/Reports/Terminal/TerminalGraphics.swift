/// How a terminal shows pictures among its lines.
public enum TerminalGraphics: String, Sendable, CaseIterable {
  /// The graphics protocol of kitty.
  case kitty
  /// Inline images of iTerm2.
  case iterm
  /// Sixels of the VT340.
  case sixel

  /// What the terminal of a program understands, as its environment tells; nil where it tells of nothing.
  ///
  /// The terminal itself is not asked: one that does not answer would make the program wait.
  public init?(environment: [String: String]) {
    let term = environment["TERM", default: ""].lowercased()
    let program = environment["TERM_PROGRAM", default: ""].lowercased()
    func isOne(of names: String...) -> Bool {
      names.contains { term == $0 || term.hasPrefix($0 + "-") }
    }
    // Multiplexers hand no pictures on, and leave the variables of the terminal that they run in.
    if isOne(of: "dumb", "linux", "screen", "tmux") || ["tmux", "screen"].contains(program) {
      return nil
    }
    if isOne(of: "xterm-kitty", "kitty", "xterm-ghostty", "ghostty") {
      self = .kitty
    } else if isOne(of: "foot", "mlterm", "contour", "yaft") || term.contains("sixel") {
      self = .sixel
    } else if ["iterm.app", "wezterm", "mintty"].contains(program) {
      self = .iterm
    } else if ["kitty", "ghostty"].contains(program)
      || environment["KITTY_WINDOW_ID", default: ""] != ""
    {
      self = .kitty
    } else if environment["LC_TERMINAL"] == "iTerm2" {
      self = .iterm
    } else {
      return nil
    }
  }

  /// Terminals that show pictures, for people.
  public static let known = "kitty, Ghostty, iTerm2, WezTerm, mintty, foot and mlterm"
}
