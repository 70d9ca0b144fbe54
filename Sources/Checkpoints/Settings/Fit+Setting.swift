package import Images

extension Fit {
  /// Refuses pieces from anywhere, where each image is to come out as one.
  package func requireFixed() throws(SettingError) {
    if self == .randomCrop {
      throw SettingError("fit", cause: "choose from \(Fit.fixed.joined(separator: ", "))")
    }
  }
}
