package import Compiler

extension TrainingSettings.Precision {
  /// What training computes in: with `auto` what is fastest. The losses of bfloat16 are float32's within a part in a
  /// thousand, and its images take half the memory.
  package var training: Program.Precision {
    switch self {
    case .auto: Machine.backend.fastest == .bfloat16 ? .bfloat16 : .float32
    case .f32: .float32
    case .bf16: .bfloat16
    }
  }

  /// What images are drawn in: float32 unless bfloat16 is asked for. Over the many steps of a sampler
  /// bfloat16's rounding grows to 2 gray levels in the mean and 14 at most, and machines with and
  /// without it would draw different images.
  package var sampling: Program.Precision { self == .bf16 ? .bfloat16 : .float32 }

  /// What the mean of clean images is computed in: with `auto` what is fastest. bfloat16 moves pixels by 2 gray levels
  /// at most and costs 0.002 dB.
  package var denoising: Program.Precision { training }

  /// Whether this processor computes in it, rather than imitating it slowly.
  public var isSupported: Bool { Machine.backend.supports(training) }
}

extension Program.Precision {
  /// - Throws: `SettingError` where this processor would only imitate it, slowly.
  package func checkSupport() throws(SettingError) {
    guard Machine.backend.supports(self) else {
      throw SettingError("precision", cause: "this CPU does not support bfloat16; use f32")
    }
  }
}
