internal import CKernels
internal import Compiler

extension Attention: CPUInstruction {
  fileprivate func sizes(_ preparation: Preparation) -> st_attention {
    let shape = preparation.shape(output)
    return st_attention(
      images: shape[0], pixels: shape[1] * shape[2], channels: shape[3], heads: heads,
      lanes: Target.cpu.channelBlock, element: preparation.element(output),
      by_products: preparation.code == .products)
  }

  func prepare(_ preparation: Preparation) throws(ComputeError) -> Kernel {
    let sizes = sizes(preparation)
    let scratch = scratch(sizes, preparation)
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
    let scratch = scratch(sizes, preparation)
    let inputs = forward.reads.map(preparation.pointer)
    let outputs = gradients.map(preparation.pointer)
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

/// Memory in which the threads gather their heads.
private func scratch(_ sizes: st_attention, _ preparation: Preparation) -> SharedMemory {
  let floats = withUnsafePointer(to: sizes) { st_attention_scratch($0) } * Int(st_threads())
  return preparation.share(bytes: floats * MemoryLayout<Float>.stride)
}
