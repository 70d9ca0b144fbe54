import Images
import PNGCodec
import Synchronization
import SystemPackage
import TestSupport
import Testing

@Suite struct BatchTests {
  static let size = ImageSize(width: 4, height: 3)

  @Test func `every epoch visits every image once, in an order of its own`() {
    var order = ExampleOrder(count: 50, seed: 7)
    let epochs = (0..<3).map { epoch in
      (0..<50).map { order.image(at: order.place(at: epoch * 50 + $0)) }
    }
    #expect(epochs.allSatisfy { $0.sorted() == Array(0..<50) })
    #expect(Set(epochs).count == 3)
    var again = ExampleOrder(count: 50, seed: 7)
    #expect(again.image(at: again.place(at: 120)) == epochs[2][20])
    var other = ExampleOrder(count: 50, seed: 8)
    #expect((0..<50).map { other.image(at: other.place(at: $0)) } != epochs[0])
  }

  @Test func `batches are planes on the scale from -1 to 1, each with its image's number`() throws {
    let images = try TestImages(5, format: .rgb)
    var source = BatchSource(Dataset(images.files, size: Self.size, format: .rgb), seed: 1)
    let batch = try source.batch(at: 0..<5)
    #expect(batch.images.sorted() == [0, 1, 2, 3, 4])
    #expect(batch.values.count == 5 * 3 * 12)
    for n in 0..<5 {
      for c in 0..<3 {
        for y in 0..<3 {
          let row = ((n * 3 + c) * 3 + y) * 4
          let value = TestImages.value(batch.images[n])
          #expect(Array(batch.values[row..<(row + 4)]) == [-1, value, value, value])
        }
      }
    }
  }

  @Test func `a batch follows from its positions, whatever was made before`() throws {
    let images = try TestImages(7, width: 9, height: 8)
    let dataset = Dataset(images.files, size: Self.size, fit: .randomCrop, format: .gray)
    var straight = BatchSource(dataset, seed: 3, flips: true)
    let whole = try straight.batch(at: 0..<40)
    var pieces: [Batch] = []
    for start in [20, 0] {
      var source = BatchSource(dataset, seed: 3, flips: true)
      pieces.insert(try source.batch(at: start..<(start + 20)), at: 0)
    }
    #expect(pieces.flatMap(\.values) == whole.values)
    #expect(pieces.flatMap(\.images) == whole.images)
    var other = BatchSource(dataset, seed: 4, flips: true)
    #expect(try other.batch(at: 0..<40) != whole)
  }

  @Test func `fewer images than a batch are repeated`() throws {
    let images = try TestImages(3)
    var source = BatchSource(Dataset(images.files, size: Self.size, format: .gray), seed: 1)
    let batch = try source.batch(at: 0..<16)
    for i in 0..<3 { #expect(batch.images.count { $0 == i } >= 5) }
  }

  @Test func `about half of the examples are mirrored`() throws {
    let images = try TestImages(4)
    let dataset = Dataset(images.files, size: Self.size, format: .gray)
    var source = BatchSource(dataset, seed: 1, flips: true)
    let batch = try source.batch(at: 0..<400)
    let mirrored = (0..<400).count { n in
      let row = Array(batch.values[(n * 12)..<(n * 12 + 4)])
      let value = TestImages.value(batch.images[n])
      if row == [value, value, value, -1] { return true }
      #expect(row == [-1, value, value, value])
      return false
    }
    #expect((150...250).contains(mirrored))
  }

  @Test func `an example comes in all eight positions of a square`() throws {
    let folder = try TemporaryFolder()
    let path = folder / "a.png"
    try PNGWriter.write(
      PixelImage(width: 2, height: 2, format: .gray, pixels: [1, 2, 3, 4]), to: path)
    let dataset = Dataset(
      [ImageFile(path: path, relativePath: "a.png")], size: ImageSize(width: 2, height: 2),
      format: .gray)
    var source = BatchSource(dataset, seed: 1, flips: true, turns: true)
    let pixels = try source.batch(at: 0..<200).values.map { Int((($0 + 1) * 127.5).rounded()) }
    let positions = (0..<200).map { Array(pixels[(4 * $0)..<(4 * $0 + 4)]) }
    #expect(
      Set(positions) == [
        [1, 2, 3, 4], [3, 1, 4, 2], [4, 3, 2, 1], [2, 4, 1, 3],
        [2, 1, 4, 3], [4, 2, 3, 1], [3, 4, 1, 2], [1, 3, 2, 4],
      ])
    for position in Set(positions) {
      #expect((10...45).contains(positions.count { $0 == position }))
    }
  }

  @Test func `random crops come from everywhere in the image`() throws {
    let folder = try TemporaryFolder()
    let path = folder / "a.png"
    try PNGWriter.write(
      PixelImage(width: 6, height: 5, format: .gray, pixels: Array(0..<30)), to: path)
    let dataset = Dataset(
      [ImageFile(path: path, relativePath: "a.png")], size: Self.size, fit: .randomCrop,
      format: .gray)
    var source = BatchSource(dataset, seed: 1)
    let batch = try source.batch(at: 0..<200)
    let pixels = batch.values.map { Int((($0 + 1) * 127.5).rounded()) }
    let corners = Set((0..<200).map { pixels[$0 * 12] })
    #expect(corners == [0, 1, 2, 6, 7, 8, 12, 13, 14])
    #expect((0..<200).allSatisfy { pixels[$0 * 12 + 11] == pixels[$0 * 12] + 15 })
  }

  @Test func `unreadable images are reported once and replaced by the next`() throws {
    let images = try TestImages(4)
    try images.spoil(2)
    let reports = Reports()
    var source = BatchSource(
      Dataset(images.files, size: Self.size, format: .gray), seed: 1,
      onUnreadable: { error in reports.errors.withLock { $0.append(error) } })
    let batch = try source.batch(at: 0..<40)
    #expect(Set(batch.images) == [0, 1, 3])
    #expect(batch.images.count == 40)
    let error = PNGError.notPNG(images.files[2].path, content: "it is text")
    #expect(reports.errors.withLock { $0 } == [error])

    var strict = BatchSource(
      Dataset(images.files, size: Self.size, format: .gray), seed: 1, isStrict: true)
    #expect(throws: ImagesError.unreadable(error)) { try strict.batch(at: 0..<4) }
  }

  @Test func `images past the memory limit are read again`() throws {
    let images = try TestImages(6)
    let roomy = Dataset(images.files, size: Self.size, format: .gray)
    let tight = Dataset(images.files, size: Self.size, format: .gray, memoryLimit: 30)
    var (a, b) = (BatchSource(roomy, seed: 1), BatchSource(tight, seed: 1))
    #expect(try a.batch(at: 0..<20) == b.batch(at: 0..<20))
    #expect(roomy.bytesInMemory == 72 && tight.bytesInMemory == 24)
  }

  @Test func `transparent images lie on the background`() throws {
    let folder = try TemporaryFolder()
    try PNGWriter.write(
      PixelImage(width: 4, height: 3, format: .rgba, filledWith: 0), to: folder / "a.png")
    let dataset = Dataset(
      [ImageFile(path: folder / "a.png", relativePath: "a.png")], size: Self.size, format: .gray,
      background: RGB(red: 51, green: 51, blue: 51))
    #expect(try dataset.image(at: 0).pixels == [UInt8](repeating: 51, count: 12))
  }
}

/// What was reported, from any thread.
final class Reports: Sendable {
  let errors = Mutex<[PNGError]>([])
}
