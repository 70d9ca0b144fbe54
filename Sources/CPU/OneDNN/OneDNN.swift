internal import COneDNN
internal import Compiler

// oneDNN's C interface (its "Developer Guide", chapter "Basic Concepts"), as little of it as the kernels
// need; what its versions have different names for begins with `st_` (COneDNN/shim.h). A call fails only
// by a mistake of ours, which traps, or for want of memory.

/// - Throws: `ComputeError.outOfMemory`.
func check(_ status: dnnl_status_t, _ call: String) throws(ComputeError) {
  if status == dnnl_out_of_memory { throw .outOfMemory(bytes: nil) }
  expect(status, call)
}

/// As `check`, of calls that take no memory.
func expect(_ status: dnnl_status_t, _ call: String) {
  precondition(status == dnnl_success, "oneDNN: \(call) failed with status \(status.rawValue)")
}

/// oneDNN's CPU engine and a stream on it.
final class OneDNN {
  let engine: dnnl_engine_t
  let stream: dnnl_stream_t

  init() throws(ComputeError) {
    _ = InstructionSet.current
    var engine: dnnl_engine_t?
    try check(dnnl_engine_create(&engine, dnnl_cpu, 0), "dnnl_engine_create")
    guard let engine else { preconditionFailure("oneDNN gave no engine") }
    self.engine = engine
    var stream: dnnl_stream_t?
    try check(
      dnnl_stream_create(&stream, engine, dnnl_stream_default_flags.rawValue), "dnnl_stream_create")
    guard let stream else { preconditionFailure("oneDNN gave no stream") }
    self.stream = stream
  }

  deinit {
    dnnl_stream_destroy(stream)
    dnnl_engine_destroy(engine)
  }

  /// More than its convolutions use while they run; what each does is not known before it is made.
  static let usualScratchBytes = 16 << 20

  /// The library's version: "2.6.3".
  static var version: String {
    guard let version = dnnl_version()?.pointee else { return "unknown" }
    return "\(version.major).\(version.minor).\(version.patch)"
  }

  /// The best instruction set that it takes, by itself or as DNNL_MAX_CPU_ISA says; nil where none of its code is
  /// taken.
  static var bestInstructionSet: InstructionSet? {
    #if arch(x86_64)
      // Sets of bits: some that are greater as numbers lack what lesser ones have.
      let isa = dnnl_get_effective_cpu_isa().rawValue
      func has(_ part: dnnl_cpu_isa_t) -> Bool { isa & part.rawValue == part.rawValue }
      if has(dnnl_cpu_isa_avx512_core_bf16) { return .avx512bf16 }
      if has(dnnl_cpu_isa_avx512_core) { return .avx512 }
      return has(dnnl_cpu_isa_avx2) ? .avx2 : .sse2
    #else
      return nil
    #endif
  }

  /// Has it take no more than an instruction set. Nothing may have been asked of it before.
  static func limit(to set: InstructionSet) {
    let isa: dnnl_cpu_isa_t? =
      switch set {
      // The least that it has code for.
      case .sse2: dnnl_cpu_isa_sse41
      case .avx2: dnnl_cpu_isa_avx2
      case .avx512: dnnl_cpu_isa_avx512_core
      case .avx512bf16: dnnl_cpu_isa_avx512_core_bf16
      // There it asks for nothing of ours.
      case .neon, .neonbf16: nil
      }
    if let isa { expect(dnnl_set_max_cpu_isa(isa), "dnnl_set_max_cpu_isa") }
  }
}

/// How a tensor lies in memory.
final class Layout {
  let handle: OpaquePointer

  private init(
    _ call: String, _ make: (UnsafeMutablePointer<OpaquePointer?>) -> dnnl_status_t
  ) {
    var handle: OpaquePointer?
    expect(make(&handle), call)
    guard let handle else { preconditionFailure("oneDNN gave no layout") }
    self.handle = handle
  }

  deinit { st_layout_destroy(handle) }

  /// Floats, row-major or with the strides given.
  static func plain(_ dimensions: [Int], strides: [Int]? = nil) -> Layout {
    let dims = dimensions.map { dnnl_dim_t($0) }
    var steps: [dnnl_dim_t] = []
    if let strides {
      steps = strides.map { dnnl_dim_t($0) }
    } else {
      steps = [dnnl_dim_t](repeating: 1, count: dims.count)
      for axis in dims.indices.dropLast().reversed() {
        steps[axis] = steps[axis + 1] * dims[axis + 1]
      }
    }
    return Layout("st_layout_by_strides") {
      st_layout_by_strides($0, Int32(dims.count), dims, dnnl_f32, steps)
    }
  }

  /// (N, C, H, W) in blocks of channels, as our own loops have it.
  static func blocked(_ dimensions: [Int], _ precision: ElementType) -> Layout {
    tagged(dimensions, precision, dnnl_nChw16c)
  }

  /// Whatever the primitive likes best.
  static func any(_ dimensions: [Int], _ precision: ElementType) -> Layout {
    tagged(dimensions, precision, dnnl_format_tag_any)
  }

  static func tagged(
    _ dimensions: [Int], _ precision: ElementType, _ tag: dnnl_format_tag_t
  ) -> Layout {
    let dims = dimensions.map { dnnl_dim_t($0) }
    return Layout("st_layout_by_tag") {
      st_layout_by_tag($0, Int32(dims.count), dims, precision.dataType, tag)
    }
  }

  /// Of one of a primitive's arguments.
  static func argument(_ query: dnnl_query_t, of primitive: dnnl_primitive_desc_t) -> Layout {
    Layout("st_layout_of_argument") { st_layout_of_argument($0, primitive, query) }
  }

  var bytes: Int { st_layout_bytes(handle) }

  func equals(_ other: Layout) -> Bool { st_layout_equal(handle, other.handle) != 0 }
}

/// A computation that oneDNN has prepared.
final class Primitive {
  private let primitive: dnnl_primitive_t
  let descriptor: dnnl_primitive_desc_t

  /// Takes over a descriptor.
  init(_ descriptor: dnnl_primitive_desc_t) throws(ComputeError) {
    self.descriptor = descriptor
    var primitive: dnnl_primitive_t?
    try check(dnnl_primitive_create(&primitive, descriptor), "dnnl_primitive_create")
    guard let primitive else { preconditionFailure("oneDNN gave no primitive") }
    self.primitive = primitive
  }

  deinit {
    dnnl_primitive_destroy(primitive)
    dnnl_primitive_desc_destroy(descriptor)
  }

  /// The layout of one of its arguments.
  func layout(_ query: dnnl_query_t) -> Layout { .argument(query, of: descriptor) }

  /// Which of oneDNN's implementations it is: `jit_wino_4x3:avx512_core`.
  var implementation: String {
    var name: UnsafePointer<CChar>?
    dnnl_primitive_desc_query(descriptor, dnnl_query_impl_info_str, 0, &name)
    return name.map { String(cString: $0) } ?? "unknown"
  }

  /// Whether it is a plain loop, there for comparison and not for speed.
  var isReference: Bool { implementation.hasPrefix("ref") }

  func execute(_ stream: dnnl_stream_t, _ arguments: [dnnl_exec_arg_t]) {
    // Its scratch memory is ours.
    expect(
      dnnl_primitive_execute(primitive, stream, Int32(arguments.count), arguments),
      "dnnl_primitive_execute")
  }
}

/// A tensor of a primitive: a layout and where it lies.
final class Memory {
  let handle: dnnl_memory_t
  let layout: Layout

  init(_ layout: Layout, _ engine: dnnl_engine_t, at pointer: UnsafeMutableRawPointer?)
    throws(ComputeError)
  {
    self.layout = layout
    var handle: dnnl_memory_t?
    // A null pointer would have oneDNN allocate (its rule for DNNL_MEMORY_ALLOCATE is another
    // value): it means that the place comes later.
    try check(st_memory_create(&handle, layout.handle, engine, pointer), "dnnl_memory_create")
    guard let handle else { preconditionFailure("oneDNN gave no memory object") }
    self.handle = handle
  }

  deinit { dnnl_memory_destroy(handle) }

  func place(at pointer: UnsafeMutableRawPointer) {
    expect(dnnl_memory_set_data_handle(handle, pointer), "dnnl_memory_set_data_handle")
  }
}

extension ElementType {
  var dataType: dnnl_data_type_t { self == .bfloat16 ? dnnl_bf16 : dnnl_f32 }
}
