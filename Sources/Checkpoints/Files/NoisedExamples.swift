internal import Images

/// Examples as a training step is given them: images with noise, and what the network was to find.
package struct NoisedExamples: Equatable, Sendable {
  /// How many numbers tell how an image was changed.
  static let augmentationLabels = Augmentation.labelCount
  /// (N, C, H, W) each: what the network sees, the noise in it, and the clean images.
  package var xt, epsilon, x0: [Float]
  /// (N): of the schedule's timesteps, or between them.
  package var timesteps: [Double]
  /// (N): what each example's squared error counts for; empty where that is not known.
  package var lossWeights: [Float] = []
  /// (N): the share of that which makes up for drawing some timesteps more often than others,
  /// 1 / (T p_t) (Nichol & Dhariwal 2021, eq. 18); empty where all are drawn alike.
  package var importance: [Double] = []
  /// (N): the class labels; nil without classes.
  package var classes: [Int]?
  /// (N, labels): how the images were changed, as the network was told; nil where it was told nothing.
  package var augmentation: [Float]?
  /// (N): the images' file names.
  package var sources: [String] = []

  package init(xt: [Float], epsilon: [Float], x0: [Float], timesteps: [Double]) {
    (self.xt, self.epsilon, self.x0, self.timesteps) = (xt, epsilon, x0, timesteps)
  }

  /// How many there are.
  package var count: Int { timesteps.count }

  /// The examples at `range`.
  package subscript(range: Range<Int>) -> NoisedExamples {
    let size = xt.count / count
    let values = (range.lowerBound * size)..<(range.upperBound * size)
    var part = NoisedExamples(
      xt: Array(xt[values]), epsilon: Array(epsilon[values]), x0: Array(x0[values]),
      timesteps: Array(timesteps[range]))
    if !lossWeights.isEmpty { part.lossWeights = Array(lossWeights[range]) }
    if !importance.isEmpty { part.importance = Array(importance[range]) }
    part.classes = classes.map { Array($0[range]) }
    part.augmentation = augmentation.map { labels in
      let length = labels.count / count
      return Array(labels[(range.lowerBound * length)..<(range.upperBound * length)])
    }
    if !sources.isEmpty { part.sources = Array(sources[range]) }
    return part
  }

  /// Adds examples of the same kind behind these.
  package mutating func append(_ more: NoisedExamples) {
    if !importance.isEmpty || !more.importance.isEmpty {
      // Where it is not told, all timesteps were drawn alike.
      func known(_ examples: NoisedExamples) -> [Double] {
        examples.importance.isEmpty
          ? [Double](repeating: 1, count: examples.count) : examples.importance
      }
      importance = known(self) + known(more)
    }
    xt += more.xt
    epsilon += more.epsilon
    x0 += more.x0
    timesteps += more.timesteps
    lossWeights += more.lossWeights
    if let added = more.classes { classes = (classes ?? []) + added }
    if let added = more.augmentation { augmentation = (augmentation ?? []) + added }
    sources += more.sources
  }
}
