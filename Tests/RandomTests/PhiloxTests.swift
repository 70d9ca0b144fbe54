import CKernels
import Random
import Testing

@Suite struct PhiloxTests {
  /// The lines "philox4x32 10" of kat_vectors in the authors' Random123: counter, key, answer.
  static let knownAnswers: [([UInt32], [UInt32], [UInt32])] = [
    (
      [0, 0, 0, 0], [0, 0], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]
    ),
    (
      [0xffff_ffff, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff], [0xffff_ffff, 0xffff_ffff],
      [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
    ),
    (
      [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0],
      [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
    ),
  ]

  @Test(arguments: knownAnswers)
  func `blocks are the published known answers`(
    counter: [UInt32], key: [UInt32], answer: [UInt32]
  ) {
    let stream = st_random_stream(
      seed: UInt64(key[1]) << 32 | UInt64(key[0]), step: counter[1], index: counter[2],
      stream: counter[3])
    let block = st_philox4x32_10(counter[0], stream).word
    #expect([block.0, block.1, block.2, block.3] == answer)

    var bulk = [UInt32](repeating: 0, count: 4)
    st_random_words(&bulk, stream, 4 * UInt64(counter[0]), 4)
    #expect(bulk == answer)
  }

  @Test func `the counter is block, step, index, purpose and site`() {
    let stream = RandomStream(
      seed: 0xfedc_ba98_7654_3210, purpose: .dropout, index: 0x1319_8a2e, step: 0x85a3_08d3,
      site: 0x03_70_73)
    let raw = st_random_stream(
      seed: 0xfedc_ba98_7654_3210, step: 0x85a3_08d3, index: 0x1319_8a2e, stream: 0x0370_7307)
    let block = st_philox4x32_10(5, raw).word
    #expect(stream.words(4, from: 20) == [block.0, block.1, block.2, block.3])
  }

  @Test func `purposes keep their numbers`() {
    let numbers: [(RandomStream.Purpose, UInt8)] = [
      (.initialNoise, 0), (.samplerNoise, 1), (.trainingNoise, 2), (.trainingTimestep, 3),
      (.shuffle, 4), (.crop, 5), (.flip, 6), (.dropout, 7), (.parameters, 8), (.drawing, 9),
      (.validation, 10), (.classDropout, 12), (.comparison, 11),
      (.degradation, 13), (.augmentation, 14),
    ]
    for (purpose, number) in numbers { #expect(purpose.rawValue == number) }
    #expect(RandomStream.Purpose.allCases.count == numbers.count, "a new purpose: pin it here")
  }

  /// From the listing in the documentation of `RandomStream`.
  @Test func `the documented NumPy listing gives the same numbers`() {
    let stream = RandomStream(
      seed: 0x1234_5678_9abc_def0, purpose: .trainingNoise, index: 17, step: 999, site: 5)
    #expect(stream.words(3) == [0x0041_4bd6, 0x50dd_0fb6, 0x6769_bfd3])
    let expected: [Float] = [
      -1.4952561, 3.4039757, 1.3414012, 0.11633846, -0.35487691, -0.056062303, -1.627026,
    ]
    for (number, reference) in zip(stream.normals(expected.count), expected) {
      #expect(abs(number - reference) < 1e-6)
    }
  }

  /// The bytes must not depend on the vector instructions of the machine: a fixed FNV hash of them.
  @Test func `four million normal numbers have the same bytes on every machine`() {
    let numbers = RandomStream(seed: 42, purpose: .initialNoise, index: 0).normals(1 << 22)
    let hash = numbers.reduce(UInt64(1_469_598_103_934_665_603)) {
      ($0 ^ UInt64($1.bitPattern)) &* 1_099_511_628_211
    }
    #expect(hash == 0xf72b_2f28_c239_585a)
  }
}
