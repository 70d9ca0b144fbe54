import Stipple

/// What `stipple benchmark` has measured: one JSON object, a part each.
struct BenchmarkFigures: Encodable {
  /// What it was measured on.
  struct Host: Encodable {
    let creator, cpu, onednnVersion: String
    let memoryMegabytes, threads: Int
  }

  /// A network's speed.
  struct Network: Encodable {
    let imagesPerSecond, gigaflops, plannedMegabytes: Double
    let convolutionBaselineImagesPerSecond, shareOfConvolutionBaseline: Double
    let precision: String
    let millisecondsByKind: [String: Double]
    let peakGigaflops, peakGigabytesPerSecond: Double?
    let shareOfPeakArithmeticByKind, shareOfPeakMemoryByKind: [String: Double]?
    let gigabytesPerSecondByKind: [String: Double]
    /// By numbers of threads.
    let workWithFewerTasksThanThreads, parallelEfficiencyAtMost: [String: Double]?

    init(_ speed: NetworkSpeed, _ peak: MachinePeak?) {
      imagesPerSecond = speed.imagesPerSecond
      gigaflops = speed.gigaflops
      plannedMegabytes = Double(speed.plannedBytes) / 1e6
      convolutionBaselineImagesPerSecond = speed.convolutionLimit
      shareOfConvolutionBaseline = speed.shareOfConvolutionLimit
      precision = speed.precision.rawValue
      func byKind(_ figure: (NetworkSpeed.Entry) -> Double) -> [String: Double] {
        Dictionary(
          uniqueKeysWithValues: speed.profileByKind.map { entry in
            (entry.kind.replacing(" ", with: "_"), figure(entry))
          })
      }
      millisecondsByKind = byKind { $0.seconds * 1000 }
      gigabytesPerSecondByKind = byKind(\.gigabytesPerSecond)
      (peakGigaflops, peakGigabytesPerSecond) = (peak?.gigaflops, peak?.gigabytesPerSecond)
      shareOfPeakArithmeticByKind = peak.map { peak in byKind { $0.gigaflops / peak.gigaflops } }
      shareOfPeakMemoryByKind = peak.map { peak in
        byKind { $0.gigabytesPerSecond / peak.gigabytesPerSecond }
      }
      func byThreads(_ figure: (NetworkSpeed.Slack) -> Double) -> [String: Double]? {
        if speed.slack.isEmpty { return nil }
        return Dictionary(speed.slack.map { ("\($0.threads)", figure($0)) }) { first, _ in first }
      }
      workWithFewerTasksThanThreads = byThreads(\.narrow)
      parallelEfficiencyAtMost = byThreads(\.efficiency)
    }
  }

  struct Noise: Encodable {
    let megabytesPerSecond: Double
  }

  struct PNG: Encodable {
    let decodeImagesPerSecond, encodeImagesPerSecond: Double
  }

  /// Of heads of each size, by their channels.
  struct Attention: Encodable {
    let positions, batch: Int
    let precision: String
    let forwardMilliseconds, backwardMilliseconds: [String: Double]

    init(_ work: AttentionBenchmark, _ speeds: [AttentionBenchmark.Speed]) {
      positions = work.size.width * work.size.height
      batch = work.batch
      precision = work.precision.rawValue
      func table(_ seconds: (AttentionBenchmark.Speed) -> Double) -> [String: Double] {
        Dictionary(uniqueKeysWithValues: speeds.map { ("\($0.headChannels)", seconds($0) * 1000) })
      }
      forwardMilliseconds = table(\.forwardSeconds)
      backwardMilliseconds = table(\.backwardSeconds)
    }
  }

  struct Memory: Encodable {
    var peakMegabytes = 0.0
  }

  let machine: Host
  var train, sample: Network?
  var noise: Noise?
  var png: PNG?
  var attention: Attention?
  var memory = Memory()

  init(threads: Int?) {
    machine = Host(
      creator: Machine.creator, cpu: Machine.processor, onednnVersion: Machine.oneDNNVersion,
      memoryMegabytes: Machine.memoryBytes / 1_000_000, threads: threads ?? Machine.threads)
  }
}
