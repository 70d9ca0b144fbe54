internal import Checkpoints
internal import SystemPackage
internal import Text

extension Inspection {
  /// The whole in lines for a terminal of 80 to 100 columns.
  public var lines: [String] {
    var facts = TextTable(.left, .left)
    facts.append("file", path.string)
    facts.append("size", Readable.bytes(bytes))
    var tables: [TextTable] = []
    switch content {
    case .checkpoint(let checkpoint):
      checkpoint.add(to: &facts)
      tables = [checkpoint.partTable, checkpoint.parameterTable]
    case .stepTensors(let tensors):
      tensors.add(to: &facts)
      tables = [tensors.tensors.table]
    case .noisyImages(let images):
      images.add(to: &facts)
    case .examples(let examples):
      examples.add(to: &facts)
      tables = [examples.tensors.table]
    case .image(let image):
      image.add(to: &facts)
    }
    for line in verification?.lines ?? [] { facts.append("verified", line) }
    return tables.reduce(facts.lines) { $0 + [""] + $1.lines }
  }
}

extension Inspection.Verification {
  /// What was found, in sentences.
  fileprivate var lines: [String] {
    guard let checkedDatasets else {
      return ["all checksums match, and all pixels can be read"]
    }
    let summary = "\(checkedDatasets) datasets, \(Readable.bytes(bytes)): all checksums match"
    guard let first = unprotectedDatasets.first else { return [summary] }
    let others = unprotectedDatasets.count - 1
    return [
      summary,
      "not \(first)\(others > 0 ? " and \(others) more" : ""), which another program wrote without",
    ]
  }
}

extension PNGInspection {
  fileprivate func add(to facts: inout TextTable) {
    facts.append("kind", "PNG")
    facts.append("image", "\(width) x \(height)")
    var pixels = ["\(colorName), \(bitDepth) bits"]
    if isInterlaced { pixels.append("interlaced") }
    if hasTransparency, color != "gray_alpha", color != "rgba" {
      pixels.append("with transparency")
    }
    facts.append("pixels", pixels.joined(separator: ", "))
    facts.append("made by", work.map { "stipple \($0)" } ?? "another program")
    for fact in self.facts { facts.append(fact.name, fact.value) }
  }

  private var colorName: String {
    switch color {
    case "rgb", "rgba": color.uppercased()
    case "gray_alpha": "grayscale with alpha"
    case "gray": "grayscale"
    default: color
    }
  }
}

extension StepTensorsInspection {
  fileprivate func add(to facts: inout TextTable) {
    facts.append("kind", isTrajectory ? "sampling trajectory" : "noisy samples x_t")
    facts.append("images", "\(images) of \(Readable.image(width, height, channels))")
    let last = timesteps.last == -1 ? " (the clean image)" : ""
    facts.append("timesteps", Readable.list(timesteps.map(Readable.number)) + last)
    facts.append("alpha_bar", Readable.list(alphaBar.map(Readable.number)))
    if let schedule { facts.append("schedule", Readable.schedule(schedule)) }
    facts.append("seed", String(seed))
    for (name, value) in (sampling ?? [:]).sorted(by: { $0.key < $1.key }) where name != "seed" {
      facts.append(name, value)
    }
    let names = isTrajectory ? firstIndices.map(String.init) : firstSources
    let more = images > names.count ? " … and \(images - names.count) more" : ""
    facts.append(isTrajectory ? "indices" : "sources", names.joined(separator: ", ") + more)
  }
}
