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

  @Test(arguments: FuzzTarget.allCases)
  func `inputs that once broke a reader`(target: FuzzTarget) throws {
    let fixtures = FilePath(#filePath).removingLastComponent().removingLastComponent()
      .removingLastComponent().appending("Fixtures/fuzz").appending(target.rawValue)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: fixtures.string)) ?? []
    for name in names.sorted() {
      let bytes = try Data(contentsOf: URL(filePath: fixtures.appending(name).string))
      try target.run([UInt8](bytes), in: folder.path)
    }
  }

  @Test(arguments: FuzzTarget.allCases)
  func `changed and shortened inputs break no reader`(target: FuzzTarget) throws {
    var generator = Positions(state: 7)
    let seeds = try target.seeds(in: folder.path)
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
      try target.run(bytes, in: folder.path)
    }
  }
}
