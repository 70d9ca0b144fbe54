import Compute
import Stipple

/// What `stipple benchmark` has measured, by names such as `train.images_per_second`: one JSON object.
struct BenchmarkFigures: Encodable {
  enum Figure: Encodable {
    case number(Double)
    case text(String)
    case numbers([String: Double])

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .number(let value): try container.encode(value)
      case .text(let value): try container.encode(value)
      case .numbers(let values): try container.encode(values)
      }
    }
  }

  private var figures: [String: Figure]

  init(threads: Int?) {
    figures = [
      "creator": .text(Machine.creator), "processor": .text(Machine.processor),
      "onednn_version": .text(Program.oneDNNVersion),
      "memory_megabytes": .number(Double(Machine.memoryBytes / 1_000_000)),
      "threads": .number(Double(threads ?? Program.threads)),
    ]
  }

  subscript(name: String) -> Double? {
    get {
      if case .number(let value) = figures[name] { value } else { nil }
    }
    set { figures[name] = newValue.map(Figure.number) }
  }

  /// Adds how fast a network is, its names beginning with `part`.
  mutating func add(_ speed: NetworkSpeed, _ part: String) {
    self["\(part).images_per_second"] = speed.imagesPerSecond
    self["\(part).gigaflops"] = speed.gigaflops
    self["\(part).planned_megabytes"] = Double(speed.plannedBytes) / 1e6
    self["\(part).convolution_limit_images_per_second"] = speed.convolutionLimit
    self["\(part).share_of_convolution_limit"] = speed.shareOfConvolutionLimit
    figures["\(part).precision"] = .text(speed.precision.rawValue)
    let kinds = speed.profileByKind.map { entry in
      (entry.kind.replacing(" ", with: "_"), entry.seconds * 1000)
    }
    figures["\(part).milliseconds_by_kind"] = .numbers(
      Dictionary(uniqueKeysWithValues: kinds))
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(figures)
  }
}
