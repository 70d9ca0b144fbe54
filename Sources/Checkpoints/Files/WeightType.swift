package import HDF5

/// What the weights of a model file are.
public enum WeightType: String, CaseIterable, Codable, Sendable {
  /// IEEE binary16: half the size, three digits that count.
  case float16
  /// IEEE binary32: every bit as it was trained.
  case float32

  /// The type in the file.
  package var element: ElementType {
    switch self {
    case .float16: .float16
    case .float32: .float32
    }
  }

  /// Larger numbers become infinite: 65504 and what is nearer to it than to the number after.
  package var limit: Float {
    switch self {
    case .float16: 65520
    case .float32: .infinity
    }
  }
}

extension ElementType {
  /// What it is called in NumPy and PyTorch.
  package var name: String {
    switch self {
    case .float(let bits): "float\(bits)"
    case .integer(let bits, let isSigned): "\(isSigned ? "int" : "uint")\(bits)"
    case .text, .variableText: "text"
    case .other: "other"
    }
  }
}
