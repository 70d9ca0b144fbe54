internal import CKernels
internal import Compiler

extension ElementType {
  /// For our own loops.
  var element: st_element { self == .bfloat16 ? st_bfloat16 : st_float32 }
}
