/// "1 image", "2 images", "3 classes": a number of things in words.
public func counted(_ count: Int, _ thing: String) -> String {
  if count == 1 { return "1 \(thing)" }
  return "\(count) \(thing)\(thing.hasSuffix("s") ? "es" : "s")"
}
