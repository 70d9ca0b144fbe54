/// What a sampler knows at one of its timesteps, before it steps on.
package struct SamplerSnapshot: Sendable {
  /// The number of the evaluation, from 0.
  package let index: Int
  /// The timestep at which the network was asked.
  package let timestep: Double
  /// The batch there.
  package let x: [Float]
  /// The prediction of x_0 from it, with the threshold applied.
  package let x0: [Float]
}

/// Runs a sampler from its first timestep to the clean image. All images of a batch are at the same
/// timestep, one after another in one array.
///
/// - Parameters:
///   - start: the batch at the sampler's first timestep, image after image. For the schedule's last
///     timestep that is standard normal noise.
///   - objective: what the network predicts.
///   - threshold: what is done with predictions of x_0 outside [-1, 1].
///   - imageSize: elements of one image; nil where the batch is one.
///   - known: what is given of the images; nil where all is drawn.
///   - network: the network's output for a batch that is at one timestep; of a network that learned the
///     variance, of each image the prediction and then as many numbers of the variance.
///   - noise: fills a batch with standard normal numbers for one step.
///   - observe: is shown every evaluation before the step on; what it throws ends the run.
/// - Returns: the batch of clean images.
package func sample(
  _ table: SamplingTable,
  from start: [Float],
  objective: Objective = .epsilon,
  threshold: Threshold = .clip,
  imageSize: Int? = nil,
  known: KnownPart? = nil,
  network: (_ x: [Float], _ timestep: Double) throws -> [Float],
  noise: NoiseSource,
  observe: (SamplerSnapshot) throws -> Void
) rethrows -> [Float] {
  // The newest first.
  var images = [start]
  if let t = table.timesteps.first {
    known?.put(into: &images[0], at: t, of: table.schedule, z: start)
  }
  var predictions: [[Float]] = []
  var visits: [Int: Int] = [:]
  for (i, t) in table.timesteps.enumerated() {
    let output = try network(images[0], t)
    let (prediction, variance) = halves(output, of: start.count, imageSize: imageSize)
    var x0 = objective.predictedX0(
      xt: images[0], output: prediction, alphaBar: table.schedule.alphaBar(at: t))
    let row = table.rows[i]
    let unclipped = row.unclipped == 0 ? [] : x0
    threshold.apply(to: &x0, imageSize: imageSize ?? x0.count)
    try observe(SamplerSnapshot(index: i, timestep: t, x: images[0], x0: x0))
    predictions.insert(x0, at: 0)

    let key = NoiseKey(
      timestep: Int(t.rounded(.up)), repetition: visits[Int(t.rounded(.up)), default: 0])
    visits[key.timestep, default: 0] += 1
    let isLast = i + 1 == table.timesteps.count
    var z: [Float] = []
    if row.noise != 0 || known != nil {
      z = [Float](repeating: 0, count: start.count)
      noise(key, &z)
    }
    var scaled = z
    if row.noise != 0, let deviation = row.learned {
      precondition(variance.count == z.count, "the network has learned no variance")
      for j in scaled.indices { scaled[j] *= deviation(variance[j]) }
    }
    var x = row.sum(
      images: images, predictions: predictions, unclipped: unclipped, z: scaled)
    if let known {
      let reached = isLast ? -1 : table.timesteps[i + 1]
      known.put(into: &x, at: reached, of: table.schedule, z: z)
    }
    images.insert(x, at: 0)

    // Only what the next step looks back on is kept.
    if isLast { break }
    let next = table.rows[i + 1]
    images.removeLast(max(0, images.count - max(1, next.x.count)))
    predictions.removeLast(max(0, predictions.count - (next.x0.count - 1)))
  }
  return images[0]
}

/// Runs a sampler from its first timestep to the clean image, unobserved.
package func sample(
  _ table: SamplingTable,
  from start: [Float],
  objective: Objective = .epsilon,
  threshold: Threshold = .clip,
  imageSize: Int? = nil,
  known: KnownPart? = nil,
  network: (_ x: [Float], _ timestep: Double) throws -> [Float],
  noise: NoiseSource
) rethrows -> [Float] {
  try sample(
    table, from: start, objective: objective, threshold: threshold, imageSize: imageSize,
    known: known, network: network, noise: noise, observe: { _ in })
}

/// The predictions of a batch, and what a network that learned the variance gave beside them.
///
/// - Parameters:
///   - count: elements of the batch's images.
///   - imageSize: of one of them; nil where the batch is one.
package func halves(
  _ output: [Float], of count: Int, imageSize: Int?
) -> (prediction: [Float], variance: [Float]) {
  if output.count == count { return (output, []) }
  precondition(output.count == 2 * count, "the network's output differs in size from its input")
  let size = imageSize ?? count
  var prediction: [Float] = []
  var variance: [Float] = []
  for first in stride(from: 0, to: output.count, by: 2 * size) {
    prediction += output[first..<(first + size)]
    variance += output[(first + size)..<(first + 2 * size)]
  }
  return (prediction, variance)
}

extension StepWeights {
  /// The weighted sum over batches.
  ///
  /// - Parameters:
  ///   - images: x_i, x_{i-1}, …; at least as many as have weights.
  ///   - predictions: x0_i, x0_{i-1}, …; likewise.
  ///   - unclipped: x0'_i; read where it has a weight.
  ///   - z: standard normal numbers; read where the noise has a weight.
  package func sum(
    images: [[Float]], predictions: [[Float]], unclipped prediction: [Float] = [], z: [Float]
  ) -> [Float] {
    let terms =
      Array(zip(x, images)) + Array(zip(x0, predictions))
      + (unclipped == 0 ? [] : [(unclipped, prediction)]) + (noise == 0 ? [] : [(noise, z)])
    let count = images[0].count
    precondition(images.count >= x.count && predictions.count >= x0.count, "too short a history")
    precondition(terms.allSatisfy { $0.1.count == count }, "the batches differ in size")
    // Blocks, whose sums in double precision take little memory.
    let block = 4096
    var sums = [Double](repeating: 0, count: min(block, count))
    return [Float](unsafeUninitializedCapacity: count) { out, initialized in
      for first in stride(from: 0, to: count, by: block) {
        let size = min(block, count - first)
        for (number, (weight, values)) in terms.enumerated() {
          for i in 0..<size {
            let term = weight * Double(values[first + i])
            sums[i] = number == 0 ? term : sums[i] + term
          }
        }
        for i in 0..<size { out[first + i] = Float(sums[i]) }
      }
      initialized = count
    }
  }
}
