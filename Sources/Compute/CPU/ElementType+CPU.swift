internal import CKernels
internal import COneDNN

extension Program {
  package typealias Precision = ElementType

  /// Whether this processor computes in `precision`, rather than imitating it slowly.
  package static func supports(_ precision: Precision) -> Bool {
    switch precision {
    case .float32: return true
    case .bfloat16:
      return dnnl_get_effective_cpu_isa().rawValue >= dnnl_cpu_isa_avx512_core_bf16.rawValue
    }
  }
}

extension ElementType {
  /// For our own loops.
  var element: st_element { self == .bfloat16 ? st_bfloat16 : st_float32 }

  /// Whether this processor runs our own matrix products (products.h), which work on blocks of 16
  /// channels.
  var hasOwnProducts: Bool { OneDNN.lanes == 16 && st_products_run(element) }

  /// For oneDNN.
  var dataType: dnnl_data_type_t { self == .bfloat16 ? dnnl_bf16 : dnnl_f32 }
}
