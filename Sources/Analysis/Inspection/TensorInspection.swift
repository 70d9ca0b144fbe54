internal import HDF5
internal import SystemPackage
internal import Text

/// An array of a file.
public struct TensorInspection: Encodable, Sendable {
  /// The dataset's name.
  public let name: String
  /// The lengths of its axes.
  public let shape: [Int]
  /// What the elements are: f32, f16, u8, i64, text …
  public let element: String
  /// Bytes of the elements.
  public let bytes: Int

  /// All of a file.
  static func all(in path: FilePath) throws -> [TensorInspection] {
    try File.open(path).root.allDatasets().map { name, dataset in
      TensorInspection(
        name: name, shape: dataset.shape, element: element(of: dataset.type),
        bytes: dataset.count * dataset.type.byteCount)
    }
  }

  private static func element(of type: ElementType) -> String {
    switch type {
    case .float(let bits): "f\(bits)"
    case .integer(let bits, let isSigned): "\(isSigned ? "i" : "u")\(bits)"
    case .text, .variableText: "text"
    case .other: "other"
    }
  }
}

extension [TensorInspection] {
  /// A row for each.
  var table: TextTable {
    var table = TextTable(.left, .left, .left, .right)
    table.append("dataset", "shape", "elements", "size")
    for tensor in self {
      table.append(
        tensor.name, Readable.shape(tensor.shape), tensor.element, Readable.bytes(tensor.bytes))
    }
    return table
  }
}
