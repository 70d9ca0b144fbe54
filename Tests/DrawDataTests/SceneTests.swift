import DrawData
import Foundation
import Testing

@Suite struct SceneTests {
  @Test func `a larger size shows the same picture`() {
    for index in 0..<8 {
      let scene = Scene(seed: 3, image: UInt32(index))
      let small = scene.pixels(size: 16)
      let halved = halved(scene.pixels(size: 32), size: 32)
      let differences = zip(small, halved).map { abs(Double($0) - $1) }
      #expect(differences.reduce(0, +) / Double(differences.count) < 1.5)
    }
  }

  @Test func `other indices and other seeds give other pictures`() {
    var seen: Set<[UInt8]> = []
    for seed: UInt64 in [0, 1, 1 << 40] {
      for index: UInt32 in 0..<20 { seen.insert(Scene(seed: seed, image: index).pixels(size: 8)) }
    }
    #expect(seen.count == 60)
  }

  @Test func `every value of every factor occurs, and none rules`() {
    var counts: [String: [Substring: Int]] = [:]
    let columns = Factors.header.split(separator: ",").map(String.init)
    for index: UInt32 in 0..<1000 {
      let row = Scene(seed: 0, image: index).factors.row(file: "a.png")
      let values = row.split(separator: ",", omittingEmptySubsequences: false)
      #expect(values.count == columns.count)
      for (column, value) in zip(columns, values) {
        counts[column, default: [:]][value, default: 0] += 1
      }
    }
    let kinds = [
      "time": 5, "light_from": 2, "in_sky": 3, "clouds": 3, "backdrop": 3, "ground": 6, "pot": 5,
      "pot_color": 9, "band": 5, "flowers": 3, "flower": 7, "petal_color": 14, "foliage": 4,
      "green": 5,
    ]
    for (column, number) in kinds {
      let values = counts[column, default: [:]]
      #expect(values.count == number, "\(column)")
      #expect(values.values.allSatisfy { (30...700).contains($0) }, "\(column): \(values)")
    }
  }

  /// The mean of each 2 x 2 pixels, in linear light.
  private func halved(_ pixels: [UInt8], size: Int) -> [Double] {
    func light(_ byte: UInt8) -> Double {
      let x = Double(byte) / 255
      return x <= 0.04045 ? x / 12.92 : pow((x + 0.055) / 1.055, 2.4)
    }
    var result: [Double] = []
    for y in stride(from: 0, to: size, by: 2) {
      for x in stride(from: 0, to: size, by: 2) {
        for channel in 0..<3 {
          let sum = [(0, 0), (0, 1), (1, 0), (1, 1)].reduce(0.0) { sum, place in
            sum + light(pixels[((y + place.0) * size + x + place.1) * 3 + channel])
          }
          let mean = sum / 4
          result.append(
            255 * (mean <= 0.0031308 ? 12.92 * mean : 1.055 * pow(mean, 1 / 2.4) - 0.055))
        }
      }
    }
    return result
  }
}
