import ArgumentParser
import Files
import PNGCodec
import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Draws a folder of pictures and the table of what is in them.
@main
struct DrawCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "draw-data",
    abstract: "Draws pictures of flowers in a pot, as many and as large as you like.",
    discussion: """
      Picture 17 of a seed is the same whatever the number of pictures; a larger size shows the \
      same picture in more detail. Files are named by their index: 000017.png.
      """)

  /// What is drawn.
  enum Subject: String, CaseIterable, ExpressibleByArgument {
    case flowers
    /// For the training of denoisers.
    case deadLeaves = "dead-leaves"
    /// For the same.
    case pages
  }

  @Option(
    help:
      "What is drawn: flowers, dead-leaves (textures and edges), or pages (writing, lines, flat shapes)."
  )
  var subject = Subject.flowers

  @Option(name: [.customShort("n"), .long], help: "How many pictures.")
  var number = 2000

  @Option(help: "Width and height in pixels.")
  var size = 32

  @Option(help: "Chooses another set of pictures.")
  var seed: UInt64 = 0

  @Option(help: "The index of the first picture.")
  var first = 0

  @Option(name: .shortAndLong, help: "The folder for the pictures; made where it is missing.")
  var output: String

  @Option(help: "A table with one row a picture: its file and what is in it.")
  var csv: String?

  func validate() throws {
    if csv != nil, subject != .flowers {
      throw ValidationError("--csv is for flowers.")
    }
    guard number > 0 else { throw ValidationError("-n must be at least 1, not \(number).") }
    guard (8...2048).contains(size) else {
      throw ValidationError("--size must be 8 to 2048, not \(size).")
    }
    guard first >= 0, first <= Int(UInt32.max) - number else {
      throw ValidationError("--first plus -n must be 0 to \(UInt32.max), not \(first) + \(number).")
    }
  }

  func run() async throws {
    let folder = FilePath(output)
    try makeFolder(at: folder)

    // One picture needs no other: several are drawn, and wait for the disk, at a time.
    let indices = first..<(first + number)
    let lanes = 4
    try await withThrowingTaskGroup(of: Void.self) { group in
      for lane in 0..<lanes {
        group.addTask {
          for index in stride(from: first + lane, to: first + number, by: lanes) {
            try draw(index, into: folder)
          }
        }
      }
      try await group.waitForAll()
    }

    if let csv {
      let rows = indices.map { index in
        Scene(seed: seed, image: UInt32(index)).factors.row(file: fileName(index))
      }
      let lines = [Factors.header] + rows
      try AtomicFile.write((lines.joined(separator: "\n") + "\n").utf8, to: FilePath(csv))
    }
    print("\(number) pictures of \(size) x \(size) pixels in \(folder)")
  }

  private func draw(_ index: Int, into folder: FilePath) throws {
    let pixels =
      switch subject {
      case .flowers: Scene(seed: seed, image: UInt32(index)).pixels(size: size)
      case .deadLeaves: DeadLeaves(seed: seed, image: UInt32(index)).pixels(size: size)
      case .pages: Page(seed: seed, image: UInt32(index)).pixels(size: size)
      }
    let image = PixelImage(width: size, height: size, format: .rgb, pixels: pixels)
    try PNGWriter.write(image, to: folder.appending(fileName(index)))
  }

  /// Six digits or more: `000017.png`.
  private func fileName(_ index: Int) -> String {
    let digits = String(index)
    return String(repeating: "0", count: max(0, 6 - digits.count)) + digits + ".png"
  }

  /// Makes a folder and those that it lies in.
  private func makeFolder(at path: FilePath) throws {
    func make() -> Errno? {
      path.withPlatformString { mkdir($0, 0o777) } == 0 ? nil : Errno(rawValue: errno)
    }
    var failure = make()
    if failure == .noSuchFileOrDirectory {
      try makeFolder(at: path.removingLastComponent())
      failure = make()
    }
    if let failure, failure != .fileExists {
      throw FileError(path, "could not be created", failure)
    }
  }
}
