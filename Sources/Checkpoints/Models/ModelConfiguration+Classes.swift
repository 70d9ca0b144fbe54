internal import Networks
internal import Text

extension ModelConfiguration {
  /// The number of the class that a user calls `text`: by its name, or by its number where no class has
  /// that name and none is called by a number.
  ///
  /// - Throws: `SettingError` with the names that there are.
  public func classIndex(named text: String) throws(SettingError) -> Int {
    if let index = classNames?.firstIndex(of: text) { return index }
    let areNumbers = classNames?.contains { Int($0) != nil } ?? false
    let number = Int(text)
    if let number, !areNumbers { return number }
    guard network.isClassConditional else {
      throw SettingError("class", cause: "the model is not class-conditional")
    }
    guard let classNames else {
      throw SettingError(
        "class", cause: "\(text) is not a class index, and the model has no class names")
    }
    let hint = number == nil ? "" : "; use `class-index` for an index, counted from 0"
    throw SettingError(
      "class", cause: "there is no class \(text); there are \(Readable.list(classNames))\(hint)")
  }

  /// The number of a class that a user has counted from 0.
  ///
  /// - Throws: `SettingError` where the model has no such class.
  public func classIndex(at index: Int) throws(SettingError) -> Int {
    guard network.isClassConditional else {
      throw SettingError("class-index", cause: "the model is not class-conditional")
    }
    if let count = classCount, !(0..<count).contains(index) {
      let names = classNames.map { " (\(Readable.list($0)))" } ?? ""
      throw SettingError(
        "class-index", cause: "there is no class \(index); there are 0 to \(count - 1)\(names)")
    }
    return index
  }

  /// What a class is called; nil where classes have no names, or there is no such class.
  package func className(_ index: Int) -> String? {
    classNames.flatMap { $0.indices.contains(index) ? $0[index] : nil }
  }

  /// Which classes of this model the folders of `new` lack and which it does not know; nil where they are
  /// the same.
  package func differenceOfClasses(from new: ModelConfiguration) -> String? {
    let (old, new) = (classNames ?? [], new.classNames ?? [])
    if old == new { return nil }
    let (gone, added) = (
      old.filter { !new.contains($0) }, new.filter { !old.contains($0) }
    )
    func say(_ names: [String], _ what: String) -> [String] {
      if names.isEmpty { return [] }
      return ["\(Readable.list(names)) \(names.count == 1 ? "is" : "are") \(what)"]
    }
    let wayOut =
      switch (gone.isEmpty, added.isEmpty) {
      case (true, false): "leave out the new folders"
      case (false, true): "put the missing folders back"
      default: "rename the folders back"
      }
    return (say(gone, "missing") + say(added, "new")).joined(separator: ", and ")
      + "; \(wayOut), or train in another run folder"
  }
}
