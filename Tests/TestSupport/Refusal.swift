package import SystemPackage

/// The text of the error that `body` throws, with `folder` taken out of it.
package func refusal(in folder: FilePath, _ body: () throws -> Void) -> String {
  do {
    try body()
    return "nothing"
  } catch {
    return "\(error)".replacing("\(folder)/", with: "")
  }
}
