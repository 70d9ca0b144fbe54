import Stipple
import SystemPackage

/// What a user does next with a model, as a command to type.
enum NextStep {
  /// `stipple generate run -o generated -n 64 --grid generated.png`
  static func command(_ path: FilePath, _ model: ModelConfiguration) -> String {
    let word = ShellWord.quoted(path.string)
    return model.isDenoiser
      ? "stipple denoise NOISY -o denoised --model \(word)"
      : "stipple generate \(word) -o generated -n 64\(model.needsClass ? " --class all" : "") --grid generated.png"
  }
}
