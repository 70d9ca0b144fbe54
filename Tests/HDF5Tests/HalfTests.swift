import HDF5
import Testing

@Suite struct HalfTests {
  private func halves(_ values: [Float]) -> [UInt16] {
    [UInt16](unsafeUninitializedCapacity: values.count) { buffer, count in
      values.withUnsafeBufferPointer {
        Half.convert($0, into: UnsafeMutableBufferPointer(rebasing: buffer[..<values.count]))
      }
      count = values.count
    }
  }

  private func floats(_ halves: [UInt16]) -> [Float] {
    [Float](unsafeUninitializedCapacity: halves.count) { buffer, count in
      halves.withUnsafeBufferPointer {
        Half.convert($0, into: UnsafeMutableBufferPointer(rebasing: buffer[..<halves.count]))
      }
      count = halves.count
    }
  }

  @Test func `every half becomes its float`() {
    let all = [UInt16](0...UInt16.max)
    for (half, float) in zip(all, floats(all)) {
      let expected = Float(Float16(bitPattern: half))
      #expect(float.bitPattern == expected.bitPattern || float.isNaN && expected.isNaN)
    }
  }

  @Test func `every float between two halves goes to the nearest, ties to even`() {
    var values: [Float] = []
    for half in UInt16(0)..<0x7c00 {
      let here = Float(Float16(bitPattern: half))
      let next = half == 0x7bff ? 65536 : Float(Float16(bitPattern: half + 1))
      let tie = (here + next) / 2
      values += [here, here.nextUp, tie.nextDown, tie, tie.nextUp, next.nextDown]
    }
    values += [.infinity, 1e6, .greatestFiniteMagnitude, 65520, .leastNonzeroMagnitude]
    for (value, half) in zip(values, halves(values)) {
      #expect(half == Float16(value).bitPattern, "\(value)")
    }
    for (value, half) in zip(values, halves(values.map { -$0 })) {
      #expect(half == Float16(-value).bitPattern, "\(-value)")
    }
    #expect(Float16(bitPattern: halves([.nan])[0]).isNaN)
  }
}
