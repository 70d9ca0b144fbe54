internal import Checkpoints
internal import Diffusion
internal import Networks
internal import Random
internal import Sampling

// What the network is given, and how its answers become clean images.
extension Denoiser {
  /// Whether the network takes noise away at once, whatever it is told of it.
  var isRestoration: Bool { model.configuration.degradation != nil }

  /// What the network sees of rows of an image, padded: x_t, which is y scaled by sqrt(abar_t), or for a restoration
  /// network y and the levels of its noise (C + L, rows, W).
  func networkInput(_ input: Input, _ rows: Range<Int>, _ plan: TilePlan) -> [Float] {
    let channels = model.configuration.channels
    var start = plan.padded(rows, channels: channels, of: input.rows)
    if isRestoration {
      return start
        + plan.padded(rows, channels: ModelConfiguration.levelChannels(channels)) {
          levels(of: input, $0)
        }
    }
    let scale = Float(NoiseSchedule.signalScale(forNoiseLevel: input.noiseLevel ?? 0))
    for i in start.indices { start[i] *= scale }
    return start
  }

  /// The levels of the noise in rows of an image as `NoiseModel.Noisy` has them, or that they are unknown.
  private func levels(of input: Input, _ rows: Range<Int>) -> [Float] {
    let area = rows.count * input.width
    let count = ModelConfiguration.levelChannels(model.configuration.channels)
    guard let level = input.noiseLevel else {
      return [Float](repeating: Degrader.unknownLevel, count: count * area)
    }
    var luma =
      input.gain > 0
      ? luma(of: input, rows, sigma: 127.5 * level) : [Float](repeating: Float(level), count: area)
    if let factors = input.noise.factors {
      let grid = BlockGrid(width: input.width, height: input.height)
      for (row, y) in rows.enumerated() {
        grid.forEachPixel(inRow: y, of: factors) { luma[row * input.width + $0] *= $1 }
      }
    }
    if count == 1 { return luma }
    return luma + (input.isGray ? [Float](repeating: 0, count: area) : luma)
  }

  /// The level of noise that grows with the image's tones.
  private func luma(of input: Input, _ rows: Range<Int>, sigma: Double) -> [Float] {
    // The image itself is noisy; its neighborhood is less so.
    let filter = SpatialFilter(radius: 2)
    let seen =
      max(0, rows.lowerBound - filter.reach)..<min(input.height, rows.upperBound + filter.reach)
    let (values, area) = (input.rows(seen), seen.count * input.width)
    var tones = [Float](repeating: 0, count: area)
    let channels = Float(values.count / area)
    for i in values.indices { tones[i % area] += (values[i] + 1) / 2 / channels }
    tones = filter.smoothed(tones, width: input.width, height: seen.count)
    let noise = NoiseModel(sigma: sigma, gain: input.gain)
    let first = (rows.lowerBound - seen.lowerBound) * input.width
    return tones[first..<(first + rows.count * input.width)].map {
      Float(noise.variance(at: 255 * Double($0)).squareRoot() / 127.5)
    }
  }

  /// The clean images (N, C, H, W) of what the network sees (N, I, H, W), the means over the ensemble.
  func ensembleMeans(
    _ x: [Float], _ noise: [ToldNoise], _ predictor: NoisePredictor
  ) throws -> [Float] {
    try ensemble.mean(of: x, width: predictor.width, height: predictor.height) {
      try means($0, noise, predictor)
    }
  }

  /// The clean images (N, C, H, W) of what the network sees (N, I, H, W), one evaluation each.
  ///
  /// - Parameter noise: that of each image.
  func means(
    _ x: [Float], _ noise: [ToldNoise], _ predictor: NoisePredictor
  ) throws -> [Float] {
    let size = x.count / noise.count
    if isRestoration {
      var images = try GenerationError.finite(
        predictor.output(x, timesteps: [Double](repeating: 0, count: noise.count)))
      let grid = BlockGrid(width: predictor.width, height: predictor.height)
      limit(&images, to: noise, in: x, grid)
      takeAway(&images, from: x, of: size, SlowPart(grid: grid))
      return images
    }
    let timesteps = noise.map { model.schedule.timestep(forNoiseLevel: $0.level ?? 0) }
    let output = try GenerationError.finite(predictor(x, timesteps: timesteps))
    return noise.indices.flatMap { i in
      let image = (i * size)..<((i + 1) * size)
      let clean = model.configuration.objective.predictedX0(
        xt: Array(x[image]), output: Array(output[image]),
        alphaBar: model.schedule.alphaBar(at: timesteps[i]), within: -1...1)
      return weakened(clean, from: x[image], level: noise[i].level ?? 0)
    }
  }

  /// A clean image where there is less noise than at the schedule's first timestep, at which the network was asked: E[x_0 | y] =
  /// y + sigma^2 grad log p(y) (Tweedie), with a gradient that is nearly the same at both levels.
  ///
  /// - Parameter xt: sqrt(abar) y.
  private func weakened(_ clean: [Float], from xt: ArraySlice<Float>, level: Double) -> [Float] {
    let first = model.schedule.noiseLevel(at: 0)
    if level >= first { return clean }
    let share = Float(level / first * level / first)
    let scale = Float(NoiseSchedule.signalScale(forNoiseLevel: level))
    return zip(clean, xt).map { clean, xt in
      let noisy = xt / scale
      return noisy + share * (clean - noisy)
    }
  }

  /// Weakens what a restoration network takes for noise (N, C, H, W) where that is more than there was.
  ///
  /// - Parameter x: what the network has seen (N, I, H, W): noisy images, and what it was told of their noise.
  private func limit(
    _ removed: inout [Float], to noise: [ToldNoise], in x: [Float], _ grid: BlockGrid
  ) {
    let channels = model.configuration.channels
    let area = grid.width * grid.height
    let size = x.count / noise.count
    for (i, noise) in noise.enumerated() where noise.most != nil || noise.whiteness > 0 {
      let first = i * channels * area
      let squares = grid.means { p in
        (0..<channels).reduce(Float(0)) { sum, c in
          let value = removed[first + c * area + p]
          return sum + value * value / Float(channels)
        }
      }
      let found = grid.smoothed(squares, NoisePlaces.filter)
      var shares = [Float](repeating: 1, count: grid.count)
      if let most = noise.most {
        let told = grid.means { x[i * size + channels * area + $0] }
        for block in grid.indices {
          shares[block] = min(1, Float(most) * told[block] / max(found[block].squareRoot(), 1e-6))
        }
      }
      if noise.whiteness > 0 {
        let windows = FlatWindows(x[(i * size)..<(i * size + channels * area)], grid)
        for (block, variance) in windows.variances.enumerated() {
          // The best part of a sum of noise and of what was none.
          let share = min(
            1, Float(FlatNoise.most * FlatNoise.most) * variance / max(found[block], 1e-12))
          shares[block] = min(shares[block], 1 - Float(noise.whiteness) * (1 - share))
        }
      }
      for y in 0..<grid.height {
        grid.forEachPixel(inRow: y, of: shares) { x, share in
          for c in 0..<channels { removed[first + c * area + y * grid.width + x] *= share }
        }
      }
    }
  }

  /// Makes clean images of what a restoration network takes for noise (N, C, H, W).
  ///
  /// - Parameters:
  ///   - x: what the network has seen (N, I, H, W), its first channels the noisy images.
  ///   - size: elements of one of them.
  private func takeAway(
    _ noise: inout [Float], from x: [Float], of size: Int, _ slow: SlowPart
  ) {
    let channels = model.configuration.channels
    let area = slow.grid.width * slow.grid.height
    noise.withUnsafeMutableBufferPointer { noise in
      x.withUnsafeBufferPointer { x in
        for plane in 0..<(noise.count / area) {
          let first = plane / channels * size + plane % channels * area
          let noisy = UnsafeBufferPointer(rebasing: x[first..<(first + area)])
          let clean = UnsafeMutableBufferPointer(
            rebasing: noise[(plane * area)..<((plane + 1) * area)])
          slow.leave(in: clean, of: noisy)
          for p in 0..<area {
            let value = noisy[p] - clean[p]
            // What is no number comes out black, as in pictures.
            clean[p] = value.isNaN ? -1 : min(max(value, -1), 1)
          }
        }
      }
    }
  }

  /// A sample of the clean images of a noisy one, of which the network sees x_t, padded (C, H, W).
  func sample(
    _ xt: [Float], _ input: Input, _ plan: TilePlan, batch: Int, _ predictor: NoisePredictor,
    _ shouldStop: () -> Bool
  ) throws -> [Float] {
    let channels = model.configuration.channels
    func network(_ x: [Float], _ t: Double) throws -> [Float] {
      try plan.blended(x, channels: channels, batch: batch) { tiles, _ in
        if shouldStop() { throw CancellationError() }
        return try predictor(tiles, timestep: t)
      }
    }
    let t = model.schedule.timestep(forNoiseLevel: input.noiseLevel ?? 0)
    let table = try Sampler.ddim.table(
      model.schedule, TimestepPlan(from: t, steps: steps), SamplerOptions(eta: 1))
    return try Diffusion.sample(
      table, from: xt, objective: model.configuration.objective, network: network,
      noise: { [seed] key, out in
        RandomStream(
          seed: seed, purpose: .samplerNoise, index: Int(input.index), step: key.timestep,
          site: key.repetition
        ).fillNormal(&out)
      })
  }
}
