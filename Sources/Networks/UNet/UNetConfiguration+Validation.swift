extension UNetConfiguration {
  /// Makes sure that a network can be built.
  ///
  /// - Throws: `NetworkError.configuration` with the property at fault.
  package func validate() throws(NetworkError) {
    try check("inputChannels", inputChannels, in: 1...4096)
    try check("outputChannels", outputChannels, in: 1...4096)
    try check("the number of levels in channelsPerLevel", channelsPerLevel.count, in: 1...12)
    try check("layersPerBlock", layersPerBlock, in: 1...32)
    try check("patchSize", patchSize ?? 1, in: 1...16)
    try check("normGroups", normGroups, in: 0...4096)
    for channels in channelsPerLevel { try checkLevel(channels) }
    try checkAttention()
    try require(
      normEpsilon > 0 && normEpsilon < 1, "normEpsilon", "\(normEpsilon) is not between 0 and 1")
    try check("downsamplePadding", downsamplePadding, in: 0...1)
    try require(
      dropout >= 0 && dropout < 1, "dropout", "\(dropout) is not at least 0 and less than 1")
    try checkEmbeddings()
  }

  /// Makes sure that images of a size can pass through the network.
  ///
  /// - Throws: `NetworkError.imageSize` with the nearest sizes that can.
  package func checkSize(width: Int, height: Int) throws(NetworkError) {
    let multiple = strideMultiple
    if width > 0 && height > 0 && width % multiple == 0 && height % multiple == 0 { return }
    throw .imageSize(width: width, height: height, multiple: multiple)
  }

  private func checkLevel(_ channels: Int) throws(NetworkError) {
    try check("a level of channelsPerLevel", channels, in: 1...16384)
    try require(
      normGroups == 0 || channels % normGroups == 0, "channelsPerLevel",
      "\(channels) channels cannot be divided into \(normGroups) groups (normGroups)")
  }

  private func checkAttention() throws(NetworkError) {
    let levels = channelsPerLevel.count
    for (key, flags) in [
      ("attentionLevels", attentionLevels), ("upAttentionLevels", upAttentionLevels),
    ] {
      guard let flags else { continue }
      try require(
        flags.count == levels, key, "\(flags.count) values for \(levels) levels of channelsPerLevel"
      )
    }
    if let headDimension {
      try check("headDimension", headDimension, in: 1...16384)
      for channels in attendedChannels {
        try require(
          channels % headDimension == 0, "headDimension",
          "\(channels) channels cannot be divided into heads of \(headDimension)")
      }
    }
    if let groups = middleAttentionGroups, let channels = channelsPerLevel.last {
      try check("middleAttentionGroups", groups, in: 1...4096)
      try require(
        channels % groups == 0, "middleAttentionGroups",
        "\(channels) channels cannot be divided into \(groups) groups")
    }
  }

  /// The channels of every level where there is attention.
  private var attendedChannels: [Int] {
    let up = upAttentionLevels ?? attentionLevels
    let levels = channelsPerLevel.indices.filter { attentionLevels[$0] || up[$0] }
    let middle = middleBlock == .attention ? channelsPerLevel.suffix(1) : []
    return levels.map { channelsPerLevel[$0] } + middle
  }

  private func checkEmbeddings() throws(NetworkError) {
    let first = channelsPerLevel[0]
    if learnedTimestepCount == nil {
      try require(
        first % 2 == 0, "channelsPerLevel",
        "the first level has \(first) channels; sines and cosines of the timestep need an even number"
      )
      try require(
        frequencyShift.isFinite && frequencyShift >= 0 && frequencyShift < Float(first / 2),
        "frequencyShift", "\(frequencyShift) is not at least 0 and less than \(first / 2)")
    }
    if let count = learnedTimestepCount {
      try check("learnedTimestepCount", count, in: 1...1_000_000)
    }
    if let channels = timeEmbeddingChannels {
      try check("timeEmbeddingChannels", channels, in: 1...65536)
    }
    if let count = classCount { try check("classCount", count, in: 1...10_000_000) }
    if let count = augmentationLabels { try check("augmentationLabels", count, in: 1...4096) }
  }

  private func check(_ key: String, _ value: Int, in range: ClosedRange<Int>) throws(NetworkError) {
    try require(
      range.contains(value), key, "\(value) is not in \(range.lowerBound) to \(range.upperBound)")
  }

  private func require(_ holds: Bool, _ key: String, _ cause: String) throws(NetworkError) {
    if !holds { throw .configuration(key: key, cause: cause) }
  }
}
