import ArgumentParser
import Files
import SystemPackage

/// `draw-data`: draws flowers in a pot under a sky.
@main
struct DrawData: ParsableCommand {
  @Option(name: .short) var n = 2000
  @Option var size = 32
  @Option var seed: UInt64 = 0
  @Option(name: .short) var o: String
  func run() throws {
    for i in 0..<n {
      let p = Scene(seed: seed, image: UInt32(i)).pixels(size: size)
      let d = String(i)
      let name = String(repeating: "0", count: 6 - d.count) + d + ".ppm"
      try AtomicFile.write(Array("P6\n\(size) \(size)\n255\n".utf8) + p, to: FilePath(o).appending(name))
    }
  }
}
