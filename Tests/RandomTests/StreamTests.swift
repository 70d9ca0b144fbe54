import Random
import Testing

@Suite struct StreamTests {
  let stream = RandomStream(seed: 77, purpose: .samplerNoise, index: 12, step: 345)

  /// Around the sizes of a block (4) and of the groups in which blocks are made (256).
  @Test(arguments: [
    (0, 1), (0, 4), (0, 1000), (1, 3), (3, 2), (4, 256), (5, 255), (7, 600), (255, 514), (999, 1),
  ])
  func `a piece of a stream is what stands there in the whole`(first: Int, count: Int) {
    #expect(
      stream.normals(count, from: first) == Array(stream.normals(1000)[first..<(first + count)]))
    #expect(stream.words(count, from: first) == Array(stream.words(1000)[first..<(first + count)]))
    var piece = [Float](repeating: -1, count: count)
    var whole = [Float](repeating: -1, count: 1000)
    stream.fillUniform(&piece, from: first)
    stream.fillUniform(&whole)
    #expect(piece == Array(whole[first..<(first + count)]))
  }

  @Test func `single numbers are those of a filled tensor`() {
    let normals = stream.normals(300)
    var uniforms = [Float](repeating: 0, count: 300)
    stream.fillUniform(&uniforms)
    for i in [0, 1, 2, 3, 4, 255, 256, 299] {
      #expect(stream.normal(at: i) == normals[i])
      #expect(stream.uniform(at: i) == uniforms[i])
      #expect(stream.word(at: i) == stream.words(300)[i])
    }
  }

  @Test func `every way of filling gives the same numbers and stays within its bounds`() {
    var array = [Float](repeating: -9, count: 37)
    stream.fillNormal(&array)
    #expect(array == stream.normals(37))

    var larger = [Float](repeating: -9, count: 39)
    larger.withUnsafeMutableBufferPointer {
      stream.fillNormal(UnsafeMutableBufferPointer(rebasing: $0[1..<38]))
    }
    #expect(larger == [-9] + array + [-9])

    var spanned = [Float](repeating: -9, count: 37)
    var span = spanned.mutableSpan
    stream.fillNormal(&span)
    #expect(spanned == array)

    var empty: [Float] = []
    stream.fillNormal(&empty, from: 3)
    #expect(empty.isEmpty)
  }

  @Test func `a permutation holds every number once`() {
    for count in [0, 1, 2, 5, 1000] {
      #expect(stream.permutation(of: count).sorted() == Array(0..<count))
    }
  }

  @Test func `all orders of four are equally likely`() {
    var counts: [[Int]: Double] = [:]
    let draws = 24_000
    for epoch in 0..<draws {
      counts[RandomStream.shuffledOrder(of: 4, seed: 3, epoch: epoch), default: 0] += 1
    }
    #expect(counts.count == 24)
    let chiSquared = counts.values.reduce(0) { $0 + ($1 - 1000) * ($1 - 1000) / 1000 }
    #expect(abs(chiSquared - 23) < 5 * 46.0.squareRoot())
  }

  @Test func `an epoch's order depends on seed and epoch only`() {
    let order = RandomStream.shuffledOrder(of: 100, seed: 3, epoch: 7)
    #expect(order == RandomStream.shuffledOrder(of: 100, seed: 3, epoch: 7))
    #expect(order != RandomStream.shuffledOrder(of: 100, seed: 3, epoch: 8))
    #expect(order != RandomStream.shuffledOrder(of: 100, seed: 4, epoch: 7))
  }
}
