internal import Compute

extension TrainingSettings.Precision {
  /// What training computes in.
  var training: Program.Precision {
    switch self {
    case .auto, .f32: .float32
    case .bf16: .bfloat16
    }
  }

  /// What images are made in: float32 unless bfloat16 is asked for.
  var sampling: Program.Precision { self == .bf16 ? .bfloat16 : .float32 }

  /// Whether this processor computes in it, rather than imitating it slowly.
  public var isSupported: Bool { Program.supports(training) }
}
