internal import CKernels
internal import Compiler

extension Attention: CPUInstruction {
  fileprivate func sizes(_ schedule: Schedule) -> st_attention {
    let shape = schedule.shapes[output]
    return st_attention(
      images: shape[0], pixels: shape[1] * shape[2], channels: shape[3], heads: heads,
      element: schedule.precisions[output].element)
  }

  func scratchBytes(_ schedule: Schedule) -> Int {
    let sizes = sizes(schedule)
    return MemoryLayout<Float>.stride
      * withUnsafePointer(to: sizes) { st_attention_forward_scratch($0, Int(st_threads())) }
  }

  func prepare(_ preparation: Preparation) throws(ComputeError) -> Kernel {
    let sizes = sizes(preparation.schedule)
    let scratch = preparation.share(bytes: scratchBytes(preparation.schedule))
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
  func scratchBytes(_ schedule: Schedule) -> Int {
    let sizes = forward.sizes(schedule)
    return MemoryLayout<Float>.stride
      * withUnsafePointer(to: sizes) { st_attention_backward_scratch($0, Int(st_threads())) }
  }

  func prepare(_ preparation: Preparation) throws(ComputeError) -> Kernel {
    let sizes = forward.sizes(preparation.schedule)
    let scratch = preparation.share(bytes: scratchBytes(preparation.schedule))
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
