internal import Networks

extension ModelConfiguration {
  /// The number of the class that a user calls `text`: by its name, or by its number where no class has
  /// that name.
  ///
  /// - Throws: `GenerationError.setting` with the names that there are.
  public func classIndex(named text: String) throws(GenerationError) -> Int {
    if let index = classNames?.firstIndex(of: text) ?? Int(text) { return index }
    guard network.isClassConditional else {
      throw .setting("class", cause: "the network is told no class")
    }
    guard let classNames else {
      throw .setting(
        "class", cause: "\(text) is not a number, and the network's classes have no names")
    }
    throw .setting(
      "class", cause: "there is no class \(text); there are \(Readable.list(classNames))")
  }
}
