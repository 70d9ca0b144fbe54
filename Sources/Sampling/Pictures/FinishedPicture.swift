internal import Checkpoints
package import PNGCodec
internal import SystemPackage

/// A picture that is ready to be written.
package struct FinishedPicture: Sendable {
  let image: ResultImage
  package let carried: PNGCarriedChunks

  package init(image: ResultImage, carried: PNGCarriedChunks) {
    (self.image, self.carried) = (image, carried)
  }

  /// - Parameter replacing: whether what is at `path` is replaced; else it is an error.
  func write(
    _ provenance: Provenance, to path: FilePath, replacing: Bool = true
  ) throws(PNGError) {
    // The picture's own words on what made it stay.
    let text = provenance.chunks.filter { !carried.hasText($0.keyword) }
    switch image {
    case .eight(let image):
      try PNGWriter.write(image, carrying: carried, text: text, to: path, replacing: replacing)
    case .sixteen(let image):
      try PNGWriter.write(image, carrying: carried, text: text, to: path, replacing: replacing)
    }
  }
}
