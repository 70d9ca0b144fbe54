import Images
import PNGCodec
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct PrefetcherTests {
  static let size = ImageSize(width: 4, height: 3)

  @Test func `elements are made ahead in order, until there are no more or one fails`() throws {
    struct Failure: Error {}
    for fails in [false, true] {
      let numbers = ReadAhead(2, making: 0) { next in
        if next == 100 {
          if fails { throw Failure() }
          return Int?.none
        }
        defer { next += 1 }
        return next
      }
      for i in 0..<100 { #expect(try numbers.next() == i) }
      for _ in 0..<3 {
        if fails {
          #expect(throws: Failure.self) { try numbers.next() }
        } else {
          #expect(try numbers.next() == nil)
        }
      }
    }
    // Let go of in the middle, it ends.
    _ = try ReadAhead(1, making: ()) { _ in 1 }.next()
  }

  @Test func `batches come in order, as the source would make them`() throws {
    let images = try TestImages(10)
    let dataset = Dataset(images.files, size: Self.size, format: .gray)
    let clock = CountingClock()
    let prefetcher = Prefetcher(
      BatchSource(dataset, seed: 5, flips: true), count: 4, from: 12, elapsed: { clock.now })
    var source = BatchSource(dataset, seed: 5, flips: true)
    for i in 0..<50 {
      let start = 12 + 4 * i
      #expect(try prefetcher.next() == source.batch(at: start..<(start + 4)))
    }
    // From the look before to the look after each.
    #expect(prefetcher.timeWaited == .seconds(50))
  }

  @Test func `an error of the source comes after the batches before it, and stays`() throws {
    let images = try TestImages(1)
    try images.spoil(0)
    let dataset = Dataset(images.files, size: Self.size, format: .gray)
    let prefetcher = Prefetcher(BatchSource(dataset, seed: 5), count: 4, elapsed: { .zero })
    let error = ImagesError.noneReadable(
      .notPNG(images.files[0].path, content: "it is text"), count: 1)
    for _ in 0..<3 {
      #expect(throws: error) { try prefetcher.next() }
    }
  }

  @Test func `stopping ends the work and wakes who waits`() throws {
    let images = try TestImages(10)
    let dataset = Dataset(images.files, size: Self.size, format: .gray)
    let prefetcher = Prefetcher(BatchSource(dataset, seed: 5), count: 4, elapsed: { .zero })
    _ = try prefetcher.next()
    prefetcher.stop()
    prefetcher.stop()
    for _ in 0..<3 {
      #expect(throws: ImagesError.stopped) { try prefetcher.next() }
    }
  }

  @Test func `letting go in the middle of the work ends the thread`() throws {
    let images = try TestImages(10)
    let dataset = Dataset(images.files, size: Self.size, format: .gray)
    for i in 0..<100 {
      let prefetcher = Prefetcher(
        BatchSource(dataset, seed: 5), count: 4, ahead: 1 + i % 3, elapsed: { .zero })
      if i % 2 == 0 { _ = try prefetcher.next() }
    }
  }
}
