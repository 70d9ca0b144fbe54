internal import COneDNN
internal import Compiler

/// A primitive with its arguments bound.
final class Call {
  private let primitive: Primitive
  private let memories: [Memory]
  private let arguments: [dnnl_exec_arg_t]
  private let stream: dnnl_stream_t
  /// Keeps the stream alive.
  private let oneDNN: OneDNN

  init(_ primitive: Primitive, _ arguments: [(Int32, Memory)], _ oneDNN: OneDNN) {
    self.primitive = primitive
    self.oneDNN = oneDNN
    memories = arguments.map(\.1)
    self.arguments = arguments.map { dnnl_exec_arg_t(arg: $0.0, memory: $0.1.handle) }
    stream = oneDNN.stream
  }

  /// A copy from one layout to another.
  static func reorder(_ from: Memory, _ to: Memory, _ oneDNN: OneDNN) throws(ComputeError) -> Call {
    var descriptor: dnnl_primitive_desc_t?
    let status = st_reorder_create(
      &descriptor, oneDNN.engine, from.layout.handle, to.layout.handle)
    try check(status, "dnnl_reorder_primitive_desc_create")
    guard let descriptor else { preconditionFailure("oneDNN gave no reorder") }
    return Call(try Primitive(descriptor), [(DNNL_ARG_FROM, from), (DNNL_ARG_TO, to)], oneDNN)
  }

  func run() { primitive.execute(stream, arguments) }
}
