internal import Compiler

extension Normalization: ReferenceInstruction {
  /// y = silu?(w (x - mean) / √(variance + epsilon) + b)
  func compute(_ memory: inout Memory) {
    let x = input(memory)
    let moments = moments(of: x)
    if case .groups(let groups, let statistics) = region {
      for n in 0..<x.images {
        for group in 0..<groups {
          let (mean, inverse) = moments(n, group * (x.shape[3] / groups), 0)
          memory.tensors[statistics].elements[(n * groups + group) * 2] = mean
          memory.tensors[statistics].elements[(n * groups + group) * 2 + 1] = inverse
        }
      }
    }
    normalize(x, moments, into: output, &memory)
  }

  fileprivate typealias Moments = (_ n: Int, _ c: Int, _ pixel: Int) -> (
    mean: Double, inverse: Double
  )

  /// y of statistics that are known.
  fileprivate func normalize(
    _ x: Values, _ moments: Moments, into output: Tensor, _ memory: inout Memory
  ) {
    let (w, b) = (memory.parameters[weight], memory.parameters[bias])
    memory.fill(output) { n, c, pixel in
      let (mean, inverse) = moments(n, c, pixel)
      let y = w[c] * (x[n, c, pixel] - mean) * inverse + b[c]
      return hasSiLU ? silu(y) : y
    }
  }

  /// Both tensors side by side, with the shift.
  fileprivate func input(_ memory: Memory) -> Values {
    let (a, b) = (memory[first], second.map { memory[$0] })
    let shift = shift.map { memory[$0] }
    var x = memory.zeros(like: output)
    x.fill { n, c, pixel in
      let value = c < a.shape[3] ? a[n, c, pixel] : b?[n, c - a.shape[3], pixel] ?? 0
      return value + (shift?[n, c] ?? 0)
    }
    return x
  }

  /// Mean and inverse deviation of the region that an element lies in.
  fileprivate func moments(of x: Values) -> Moments {
    let regions = Regions(region, x)
    let means = regions.means { x[$0, $1, $2] }
    let variances = regions.means { n, c, pixel in
      let difference = x[n, c, pixel] - means[regions.index(n, c, pixel)]
      return difference * difference
    }
    return { n, c, pixel in
      let index = regions.index(n, c, pixel)
      return (means[index], 1 / (variances[index] + Double(epsilon)).squareRoot())
    }
  }
}

extension Renormalization: ReferenceInstruction {
  /// The output once more; of group norm from the statistics that were saved.
  func compute(_ memory: inout Memory) {
    let x = forward.input(memory)
    guard case .groups(let groups, let statistics) = forward.region else {
      return forward.normalize(x, forward.moments(of: x), into: output, &memory)
    }
    let saved = memory[statistics].elements
    let groupSize = x.shape[3] / groups
    forward.normalize(
      x,
      { n, c, _ in
        let index = (n * groups + c / groupSize) * 2
        return (saved[index], saved[index + 1])
      }, into: output, &memory)
  }
}

extension NormalizationBackward: ReferenceInstruction {
  /// With x̂ = (x - mean) / deviation and dz the gradient before SiLU:
  /// dw = Σ dz x̂,  db = Σ dz,  dx = (w dz - mean(w dz) - x̂ mean(w dz x̂)) / deviation
  ///
  /// The means are over a region, the sums over all pixels of all images.
  func compute(_ memory: inout Memory) {
    let x = forward.input(memory)
    let dy = memory[outputGradient]
    let (w, b) = (memory.parameters[forward.weight], memory.parameters[forward.bias])
    let moments = forward.moments(of: x)
    var (normalized, dz) = (x, dy)
    normalized.fill { n, c, pixel in
      let (mean, inverse) = moments(n, c, pixel)
      return (x[n, c, pixel] - mean) * inverse
    }
    if forward.hasSiLU {
      dz.fill { n, c, pixel in
        dy[n, c, pixel] * siluSlope(w[c] * normalized[n, c, pixel] + b[c])
      }
    }
    let regions = Regions(forward.region, x)
    let means = regions.means { n, c, pixel in w[c] * dz[n, c, pixel] }
    let slopes = regions.means { n, c, pixel in
      w[c] * dz[n, c, pixel] * normalized[n, c, pixel]
    }
    var dx = x
    dx.fill { n, c, pixel in
      let index = regions.index(n, c, pixel)
      return (w[c] * dz[n, c, pixel] - means[index] - normalized[n, c, pixel] * slopes[index])
        * moments(n, c, pixel).inverse
    }
    storeParameters(dz, normalized, &memory)
    storeInputs(dx, &memory)
  }

  private func storeParameters(_ dz: Values, _ normalized: Values, _ memory: inout Memory) {
    let channels = dz.shape[3]
    var dw = [Double](repeating: 0, count: channels)
    var db = dw
    for n in 0..<dz.images {
      for c in 0..<channels {
        let pixels = 0..<dz.pixels
        let weight = pixels.reduce(0) { $0 + dz[n, c, $1] * normalized[n, c, $1] }
        let bias = pixels.reduce(0) { $0 + dz[n, c, $1] }
        memory.tensors[parameterGradients].elements[(n * channels + c) * 2] = weight
        memory.tensors[parameterGradients].elements[(n * channels + c) * 2 + 1] = bias
        dw[c] += weight
        db[c] += bias
      }
    }
    memory.add(dw, toGradient: forward.weight)
    memory.add(db, toGradient: forward.bias)
  }

  private func storeInputs(_ dx: Values, _ memory: inout Memory) {
    let firstChannels = memory[firstGradient].shape[3]
    let pending = (firstPending.map { memory[$0] }, secondPending.map { memory[$0] })
    memory.fill(firstGradient) { n, c, pixel in
      pending.0.reduce(dx[n, c, pixel]) { $0 + $1[n, c, pixel] }
    }
    if let secondGradient {
      memory.fill(secondGradient) { n, c, pixel in
        pending.1.reduce(dx[n, firstChannels + c, pixel]) { $0 + $1[n, c, pixel] }
      }
    }
    if let shiftGradient {
      memory.fill(shiftGradient) { n, c, _ in
        (0..<dx.pixels).reduce(0) { $0 + dx[n, c, $1] }
      }
    }
  }
}

/// What has a mean of its own: a group of an image's channels, or a pixel.
private struct Regions {
  private let images, channels, pixels: Int
  /// Nil where each pixel is one.
  private let groups: Int?

  init(_ region: Normalization.Region, _ x: Values) {
    (images, channels, pixels) = (x.images, x.shape[3], x.pixels)
    if case .groups(let count, _) = region { groups = count } else { groups = nil }
  }

  /// The number of the region that an element lies in.
  func index(_ n: Int, _ c: Int, _ pixel: Int) -> Int {
    guard let groups else { return n * pixels + pixel }
    return n * groups + c / (channels / groups)
  }

  /// The mean of `value` over each region.
  func means(_ value: (_ n: Int, _ c: Int, _ pixel: Int) -> Double) -> [Double] {
    var sums = [Double](repeating: 0, count: images * (groups ?? pixels))
    for n in 0..<images {
      for c in 0..<channels {
        for pixel in 0..<pixels { sums[index(n, c, pixel)] += value(n, c, pixel) }
      }
    }
    let size = Double(groups.map { channels / $0 * pixels } ?? channels)
    return sums.map { $0 / size }
  }
}
