import ArgumentParser
import PNGCodec
import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Decodes the files named on standard input, one after the other, and says what came of each.
///
/// One line a file: `image WIDTH HEIGHT CHANNELS BITS`, or `refused` and the cause. The samples
/// follow an image's line where they are asked for: (H, W, C), those of 16 bits with the low byte
/// first.
@main
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "CheckPNG",
    abstract: "Decode the PNG files whose paths come on standard input, a line each.")

  @Flag(help: "Write the samples after each image's line.")
  var samples = false

  func run() {
    while let line = readLine() {
      let path = FilePath(line)
      do throws(PNGError) {
        let picture = try PNGReader.picture(path)
        if picture.bits == 16 {
          write(picture.image, bits: 16)
        } else {
          write(picture.image.narrowed, bits: 8)
        }
      } catch {
        write(Array("refused \(error.cause)\n".utf8))
      }
    }
  }

  private func write<Sample>(_ image: Raster<Sample>, bits: Int) {
    write(Array("image \(image.width) \(image.height) \(image.channels) \(bits)\n".utf8))
    guard samples else { return }
    image.pixels.map(\.littleEndian).withUnsafeBytes { write($0) }
  }

  private func write(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { write($0) }
  }

  /// The reader is a program of ours; where it has gone there is nobody to tell.
  private func write(_ bytes: UnsafeRawBufferPointer) {
    do {
      try FileDescriptor.standardOutput.writeAll(bytes)
    } catch {
      Self.exit(withError: error)
    }
  }
}
