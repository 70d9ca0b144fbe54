internal import CKernels
internal import Compiler

extension Attention: CPUInstruction {
  fileprivate func sizes(_ preparation: Preparation) -> st_attention {
    let shape = preparation.shape(output)
    return st_attention(
      images: shape[0], pixels: shape[1] * shape[2], channels: shape[3], heads: heads,
      lanes: Target.cpu.channelBlock, element: preparation.element(output))
  }

  func prepare(_ preparation: Preparation) throws(ComputeError) -> Kernel {
    let sizes = sizes(preparation)
    let scratch = preparation.share(
      floats: withUnsafePointer(to: sizes) { st_attention_forward_scratch($0, Int(st_threads())) })
    let (q, k) = (preparation.pointer(query), preparation.pointer(key))
    let v = preparation.pointer(value)
    let y = preparation.pointer(output)
    let saved = preparation.pointer(logarithms)
    return Kernel {
      withUnsafePointer(to: sizes) {
        st_attention_forward(y, saved, scratch.floats, q, k, v, $0)
      }
    }
  }
}

extension AttentionBackward: CPUInstruction {
  func prepare(_ preparation: Preparation) throws(ComputeError) -> Kernel {
    let sizes = forward.sizes(preparation)
    let scratch = preparation.share(
      floats: withUnsafePointer(to: sizes) { st_attention_backward_scratch($0, Int(st_threads())) })
    let inputs = forward.reads.map { preparation.pointer($0) }
    let outputs = gradients.map { preparation.pointer($0) }
    let y = preparation.pointer(forward.output)
    let dy = preparation.pointer(outputGradient)
    let saved = preparation.pointer(forward.logarithms)
    return Kernel {
      withUnsafePointer(to: sizes) {
        st_attention_backward(
          outputs[0], outputs[1], outputs[2], scratch.floats, dy, y, saved, inputs[0], inputs[1],
          inputs[2], $0)
      }
    }
  }
}

extension Preparation {
  /// Memory in which threads have what they need of their heads.
  fileprivate func share(floats: Int) -> SharedMemory {
    share(bytes: floats * MemoryLayout<Float>.stride)
  }
}
