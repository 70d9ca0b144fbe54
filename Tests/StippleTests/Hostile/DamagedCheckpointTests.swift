import Foundation
import FuzzTargets
import Stipple
import SystemPackage
import TestSupport
import Testing

/// What becomes of a checkpoint that was cut short or changed, on the ways on which models and
/// training runs load it.
@Suite struct DamagedCheckpointTests {
  private let folder: TemporaryFolder
  private let path: FilePath
  private let whole: [UInt8]
  private let content: Content

  init() throws {
    folder = try TemporaryFolder()
    path = folder / "a.h5"
    try TinyNetwork.writeCheckpoint(to: path)
    whole = [UInt8](try Data(contentsOf: URL(filePath: path.string)))
    content = try Content(path)
  }

  /// Everything that a checkpoint holds for its readers.
  private struct Content: Equatable {
    var header: CheckpointHeader
    var configuration: CheckpointConfiguration
    var history: TrainingHistory
    var weights: [[UInt32]] = []

    init(_ path: FilePath) throws {
      // As a run that goes on does.
      _ = try FileVerification(path)
      let file = try CheckpointFile(opening: path)
      header = file.header
      configuration = try CheckpointConfiguration(file)
      history = try file.history()
      // As generate and denoise do.
      for kind in CheckpointWeights.allCases {
        let model = try DiffusionModel(path, weights: kind)
        for tensor in model.parameters.namedTensors {
          weights.append(tensor.read { $0.map(\.bitPattern) })
        }
      }
    }
  }

  /// What is said of these bytes; nil where they were opened, with contents equal to the whole's.
  private func refusal(_ bytes: some Collection<UInt8>) throws -> String? {
    try Data(bytes).write(to: URL(filePath: path.string))
    let read: Content
    do {
      read = try Content(path)
    } catch {
      // A sentence with the path, and not a type's name.
      let text = "\(error)"
      #expect(error is FileFormatError, "\(text)")
      #expect(text.hasPrefix("\(path): ") && text.count > path.string.count + 10, "\(text)")
      return text
    }
    #expect(read == content)
    return nil
  }

  @Test func `a checkpoint cut short is refused at every length`() throws {
    // Every length where the layout changes most, and every 61st after that.
    let lengths = Array(0..<256) + Array(stride(from: 256, to: whole.count, by: 61))
    for length in lengths + [whole.count - 1] {
      let text = try refusal(whole[..<length])
      #expect(text != nil, "\(length) of \(whole.count) bytes were taken for the whole")
    }
  }

  /// `STIPPLE_TRIALS` asks for more, by hand.
  @Test func `flipped bits are noticed, or nothing uses them`() throws {
    let trials = ProcessInfo.processInfo.environment["STIPPLE_TRIALS"].flatMap(Int.init) ?? 1000
    var generator = Positions(state: 5)
    var noticed = 0
    for _ in 0..<trials {
      var bytes = whole
      bytes[Int(generator.next() % UInt64(bytes.count))] ^= 1 << UInt8(generator.next() % 8)
      if try refusal(bytes) != nil { noticed += 1 }
    }
    print("\(trials) flipped bits in \(whole.count) bytes: \(noticed) refused, the rest harmless")
    #expect(noticed > trials / 3)
  }

  @Test func `overwritten, zeroed and swapped stretches are noticed, or nothing uses them`() throws
  {
    var generator = Positions(state: 6)
    for trial in 0..<300 {
      var bytes = whole
      let length = 1 + Int(generator.next() % 600)
      let start = Int(generator.next() % UInt64(bytes.count - length))
      switch trial % 3 {
      case 0:
        for i in start..<(start + length) { bytes[i] = UInt8(truncatingIfNeeded: generator.next()) }
      case 1: for i in start..<(start + length) { bytes[i] = 0 }
      default:
        let other = Int(generator.next() % UInt64(bytes.count - length))
        bytes.replaceSubrange(start..<(start + length), with: whole[other..<(other + length)])
      }
      _ = try refusal(bytes)
    }
  }

  @Test func `bytes after the end do no harm`() throws {
    #expect(try refusal(whole + [UInt8](repeating: 7, count: 1000)) == nil)
  }
}

/// A small generator of test positions (Steele et al. 2014).
struct Positions {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
