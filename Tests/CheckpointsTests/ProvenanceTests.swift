import Checkpoints
import PNGCodec
import TestSupport
import Testing

/// What a picture says of how it was made, as a value.
@Suite struct ProvenanceTests {
  private let folder: TemporaryFolder
  private let image = PixelImage(
    width: 2, height: 1, format: .rgb, pixels: [1, 2, 3, 4, 5, 6])

  init() throws { folder = try TemporaryFolder() }

  private func write(_ provenance: Provenance) throws {
    try PNGWriter.write(image, text: provenance.chunks, to: folder / "a.png")
  }

  @Test(arguments: [
    [("index", "0"), ("weights", "1f0c"), ("seed", "7")], [],
    [("added with seed", "3")], [("x_T", "a; b.h5"), ("steps", "4")], [("class", "")],
    [("class", "größe  2 ")],
  ])
  func `it comes back from a file as it was`(facts: [(String, String)]) throws {
    let provenance = Provenance("generate", facts)
    try write(provenance)
    #expect(try Provenance(of: folder / "a.png") == provenance)
    #expect(
      provenance.text == (["generate"] + facts.map { "\($0.0) \($0.1)" }).joined(separator: "; "))
    #expect(try provenance.isThere(at: folder / "a.png", overwriting: false))
  }

  @Test func `a picture of fewer images is replaced, and none of more or of others`() throws {
    func grid(_ images: Int, _ more: [(String, String)] = []) -> Provenance {
      Provenance("generate", [("seed", "5"), ("images", "\(images)")] + more)
    }
    let path = folder / "a.png"
    try write(grid(3))
    func isThere(_ provenance: Provenance, overwriting: Bool = false) throws -> Bool {
      try provenance.isThere(at: path, replacingFewer: "images", overwriting: overwriting)
    }
    #expect(try isThere(grid(3)) && !isThere(grid(4)) && !isThere(grid(2), overwriting: true))
    for other in [grid(2), grid(3, [("shard", "1/2")])] {
      #expect(throws: OutputError.self) { try isThere(other) }
    }
  }

  @Test func `facts are compared, not the beginnings of words`() throws {
    let wanted = Provenance("denoise", [("sigma", "2")])
    try write(Provenance("denoise", [("sigma", "25"), ("estimated", "24.8")]))
    #expect(throws: OutputError.self) {
      try wanted.found(at: folder / "a.png", before: "estimated", overwriting: false)
    }
    #expect(
      try wanted.found(at: folder / "a.png", before: "estimated", overwriting: true) == nil)
    let same = Provenance("denoise", [("sigma", "25")])
    let found = try same.found(at: folder / "a.png", before: "estimated", overwriting: false)
    #expect(found?.value(of: "estimated") == "24.8")
    #expect(throws: OutputError.self) {
      try same.isThere(at: folder / "a.png", overwriting: false)
    }
  }
}
