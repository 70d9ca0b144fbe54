/// "45 s", "12 min", "3 h 20 min", "30 days", "13 years".
public func durationInWords(_ seconds: Double) -> String {
  // Longer than anybody waits, and than whole numbers hold.
  let seconds = min(max(seconds, 0), 1e15)
  if seconds < 90 { return "\(Int(seconds.rounded())) s" }
  let minutes = Int((seconds / 60).rounded())
  if minutes < 90 { return "\(minutes) min" }
  if minutes < 48 * 60 { return "\(minutes / 60) h \(minutes % 60) min" }
  let days = minutes / 1440
  if days < 14 { return "\(days) days \(minutes % 1440 / 60) h" }
  return days < 730 ? "\(days) days" : "\(days / 365) years"
}
