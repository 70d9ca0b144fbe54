internal import Compute

extension TrainingSettings.Precision {
  /// What programs are told.
  var program: Program.Precision {
    switch self {
    case .auto, .f32: .float32
    case .bf16: .bfloat16
    }
  }

  /// Whether this processor computes in it, rather than imitating it slowly.
  public var isSupported: Bool { Program.supports(program) }
}
