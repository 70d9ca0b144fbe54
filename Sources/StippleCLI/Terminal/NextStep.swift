import Stipple
import SystemPackage

/// What a user does next with a model, as a command to type.
enum NextStep {
  /// `stipple generate run -o generated -n 64 --grid generated.png`
  ///
  /// - Parameter needsClass: whether the model generates images of a class alone.
  static func command(
    _ model: FilePath, isDenoiser: Bool = false, needsClass: Bool = false
  ) -> String {
    let word = ShellWord.quoted(model.string)
    return isDenoiser
      ? "stipple denoise NOISY -o denoised --model \(word)"
      : "stipple generate \(word) -o generated -n 64\(needsClass ? " --class all" : "") --grid generated.png"
  }
}
