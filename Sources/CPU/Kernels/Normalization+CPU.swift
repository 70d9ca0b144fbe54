internal import CKernels
internal import Compiler

extension Normalization: CPUInstruction {
  private var groups: Int {
    guard case .groups(let count, _) = region else { return 1 }
    return count
  }

  fileprivate func sizes(_ preparation: Preparation) -> st_group_norm {
    let shape = preparation.shape(output)
    return st_group_norm(
      images: shape[0], pixels: shape[1] * shape[2], channels: shape[3],
      first_channels: preparation.shape(first)[3], groups: groups, epsilon: epsilon,
      silu: hasSiLU ? 1 : 0, element: preparation.element(output))
  }

  func prepare(_ preparation: Preparation) throws(ComputeError) -> Kernel {
    kernel(preparation, output: output, knowsStatistics: false)
  }

  fileprivate func kernel(
    _ preparation: Preparation, output: Tensor, knowsStatistics: Bool
  ) -> Kernel {
    let sizes = sizes(preparation)
    let y = preparation.pointer(output)
    let saved = statistics.map { preparation.pointer($0) }
    let a = preparation.pointer(first)
    let b = second.map { preparation.pointer($0) }
    let shift = shift.map { preparation.pointer($0) }
    let weight = preparation.parameter(weight)
    let bias = preparation.parameter(bias)
    return Kernel {
      withUnsafePointer(to: sizes) {
        guard let saved else {
          st_layer_norm_forward(y, a, b, shift, weight, bias, $0)
          return
        }
        if knowsStatistics {
          st_group_norm_again(y, saved, a, b, shift, weight, bias, $0)
        } else {
          st_group_norm_forward(y, saved, a, b, shift, weight, bias, $0)
        }
      }
    }
  }
}

extension Renormalization: CPUInstruction {
  func prepare(_ preparation: Preparation) throws(ComputeError) -> Kernel {
    forward.kernel(preparation, output: output, knowsStatistics: true)
  }
}

extension NormalizationBackward: CPUInstruction {
  func prepare(_ preparation: Preparation) throws(ComputeError) -> Kernel {
    let sizes = forward.sizes(preparation)
    let da = preparation.pointer(firstGradient)
    let db = secondGradient.map { preparation.pointer($0) }
    let dshift = shiftGradient.map { preparation.pointer($0) }
    let parts = preparation.pointer(parameterGradients)
    let dy = preparation.pointer(outputGradient)
    let du = spoiled.flatMap {
      preparation.isLastReader(of: $0) ? UnsafeMutableRawPointer(preparation.pointer($0)) : nil
    }
    let a = preparation.pointer(forward.first)
    let b = forward.second.map { preparation.pointer($0) }
    let shift = forward.shift.map { preparation.pointer($0) }
    let saved = forward.statistics.map { preparation.pointer($0) }
    let weight = preparation.parameter(forward.weight)
    let bias = preparation.parameter(forward.bias)
    let dweight = try preparation.gradient(forward.weight)
    let dbias = try preparation.gradient(forward.bias)
    func pending(_ tensors: [Tensor]) -> [UnsafeRawPointer?] {
      let pointers = tensors.map { UnsafeRawPointer(preparation.pointer($0)) }
      return pointers + [UnsafeRawPointer?](repeating: nil, count: 2 - pointers.count)
    }
    let addA = pending(firstPending)
    let addB = pending(secondPending)
    return Kernel {
      withUnsafePointer(to: sizes) { sizes in
        addA.withUnsafeBufferPointer { addA in
          addB.withUnsafeBufferPointer { addB in
            if let saved {
              st_group_norm_backward(
                da, db, dshift, parts, du, dy, a, b, shift, saved, weight, bias, addA.baseAddress,
                addB.baseAddress, sizes)
            } else {
              st_layer_norm_backward(
                da, db, dshift, parts, du, dy, a, b, shift, weight, bias, addA.baseAddress,
                addB.baseAddress, sizes)
            }
          }
        }
      }
      st_group_norm_sum_parameters(dweight, dbias, parts, sizes.images, sizes.channels)
    }
  }
}
