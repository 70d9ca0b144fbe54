import Foundation
import FuzzTargets
import SystemPackage
import TestSupport
import Testing

/// The readers that `tools/fuzz` feeds, fed with what it has found and with a little of the kind.
@Suite struct FuzzedInputTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  /// Every file of `Fixtures/fuzz`, and whether a reader is to take it: a PNG that is rare but right, and
  /// a tensor without elements.
  private static let fixtures: [FuzzTarget: [String: Bool]] = [
    .png: ["gray-16-transparent": true],
    .checkpoint: ["cut-short": false],
    .safetensors: ["empty-of-huge-sides": true],
    .settings: ["alias-bomb": false, "deep": false, "self": false],
    // As a scheduler, which may leave out everything.
    .network: ["deep": false, "huge-image": true],
  ]

  @Test(arguments: FuzzTarget.allCases)
  func `inputs that once broke a reader, or might, are taken or refused`(target: FuzzTarget) throws
  {
    let fixtures = FilePath(#filePath).removingLastComponent().removingLastComponent()
      .removingLastComponent().appending("Fixtures/fuzz").appending(target.rawValue)
    let known = try #require(Self.fixtures[target])
    let names = try FileManager.default.contentsOfDirectory(atPath: fixtures.string)
    #expect(names.sorted() == known.keys.sorted())
    for name in names {
      let bytes = try Data(contentsOf: URL(filePath: fixtures.appending(name).string))
      #expect(try target.run([UInt8](bytes), in: folder.path) == known[name], "\(name)")
    }
  }

  @Test(arguments: FuzzTarget.allCases)
  func `what the fuzzer begins with is taken`(target: FuzzTarget) throws {
    let seeds = try target.seeds(in: folder.path)
    let taken = try seeds.map { try target.run($0, in: folder.path) }
    // The last of the settings contains itself.
    #expect(taken == seeds.indices.map { target != .settings || $0 < seeds.count - 1 })
  }

  @Test(arguments: FuzzTarget.allCases)
  func `changed and shortened inputs break no reader`(target: FuzzTarget) throws {
    var generator = Positions(state: 7)
    let seeds = try target.seeds(in: folder.path)
    var taken = 0
    for trial in 0..<200 {
      var bytes = seeds[trial % seeds.count]
      for _ in 0...(trial % 4) {
        let position = Int(generator.next() % UInt64(bytes.count))
        switch generator.next() % 4 {
        case 0: bytes[position] = UInt8(truncatingIfNeeded: generator.next())
        case 1: bytes[position] ^= 1 << UInt8(generator.next() % 8)
        case 2: bytes.remove(at: position)
        default: bytes.insert(bytes[Int(generator.next() % UInt64(bytes.count))], at: position)
        }
        if bytes.isEmpty { bytes = [0] }
      }
      if try target.run(bytes, in: folder.path) { taken += 1 }
    }
    // A checkpoint's checksums let next to nothing through; of the others some are still right.
    #expect(taken < 150, "\(taken)")
    #expect(target == .checkpoint || taken > 0)
  }
}
