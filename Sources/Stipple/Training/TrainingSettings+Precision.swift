internal import Compute

extension TrainingSettings.Precision {
  /// What training computes in. Where a processor has bfloat16 it is faster, takes half the memory,
  /// and its losses are float32's within a part in a thousand.
  var training: Program.Precision {
    switch self {
    case .auto: Program.supports(.bfloat16) ? .bfloat16 : .float32
    case .f32: .float32
    case .bf16: .bfloat16
    }
  }

  /// What images are made in: float32 unless bfloat16 is asked for.
  var sampling: Program.Precision { self == .bf16 ? .bfloat16 : .float32 }

  /// What denoising computes in: float32 unless bfloat16 is asked for.
  var denoising: Program.Precision { self == .bf16 ? .bfloat16 : .float32 }

  /// Whether this processor computes in it, rather than imitating it slowly.
  public var isSupported: Bool { Program.supports(training) }
}
