internal import CKernels
internal import Compiler

extension Upsample: CPUInstruction {
  func prepare(_ preparation: Preparation) throws(ComputeError) -> Kernel {
    let x = preparation.pointer(input)
    let y = preparation.pointer(output)
    let sizes = preparation.images(input)
    return Kernel { withUnsafePointer(to: sizes) { st_upsample_forward(y, x, $0) } }
  }
}

extension UpsampleBackward: CPUInstruction {
  func prepare(_ preparation: Preparation) throws(ComputeError) -> Kernel {
    let dy = preparation.pointer(outputGradient)
    let dx = preparation.pointer(inputGradient)
    let sizes = preparation.images(inputGradient)
    return Kernel { withUnsafePointer(to: sizes) { st_upsample_backward(dx, dy, $0) } }
  }
}

extension PixelShuffle: CPUInstruction {
  func prepare(_ preparation: Preparation) throws(ComputeError) -> Kernel {
    let x = preparation.pointer(input)
    let y = preparation.pointer(output)
    let sizes = preparation.images(unshuffles ? input : output)
    return Kernel { [factor, unshuffles] in
      withUnsafePointer(to: sizes) {
        unshuffles ? st_pixel_unshuffle(y, x, factor, $0) : st_pixel_shuffle(y, x, factor, $0)
      }
    }
  }
}

extension Concatenate: CPUInstruction {
  func prepare(_ preparation: Preparation) throws(ComputeError) -> Kernel {
    let (a, b) = (preparation.pointer(first), preparation.pointer(second))
    let y = preparation.pointer(output)
    let channels = preparation.shape(first)[3]
    let sizes = preparation.images(output)
    return Kernel { withUnsafePointer(to: sizes) { st_concatenate(y, a, b, channels, $0) } }
  }
}

extension Split: CPUInstruction {
  func prepare(_ preparation: Preparation) throws(ComputeError) -> Kernel {
    let x = preparation.pointer(input)
    let (a, b) = (preparation.pointer(first), preparation.pointer(second))
    let channels = preparation.shape(first)[3]
    let sizes = preparation.images(input)
    return Kernel { withUnsafePointer(to: sizes) { st_split(a, b, x, channels, $0) } }
  }
}

extension st_images {
  /// Of (N, H, W, C).
  init(_ shape: [Int], _ element: st_element) {
    self.init(
      images: shape[0], channels: shape[3], height: shape[1], width: shape[2], element: element)
  }
}

extension Preparation {
  fileprivate func images(_ tensor: Tensor) -> st_images {
    st_images(shape(tensor), element(tensor))
  }
}
