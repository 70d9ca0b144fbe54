internal import CKernels
internal import COneDNN
internal import Compiler

extension ElementType {
  /// For our own loops.
  var element: st_element { self == .bfloat16 ? st_bfloat16 : st_float32 }

  /// Whether this processor runs our own matrix products (products.h), which work on blocks of 16
  /// channels.
  var hasOwnProducts: Bool { OneDNN.lanes == 16 && st_products_run(element) }

  /// For oneDNN.
  var dataType: dnnl_data_type_t { self == .bfloat16 ? dnnl_bf16 : dnnl_f32 }
}
