internal import CPU
internal import Random

/// The distance of two clouds of points: the mean, over random directions, of the distance of their
/// projections (Rabin et al. 2011), with 4 x 128 directions as in Karras et al. 2018.
package enum SlicedWasserstein {
  private static let directions = 4 * 128
  /// Directions that are worked on at once.
  package static let together = 32

  /// The distance of two sets of patches, of equal length, at a level of a pyramid.
  package static func distance(
    _ a: PatchDescriptors, _ b: PatchDescriptors, level: Int, seed: UInt64
  ) -> Double {
    distance((0..<parts).map { sum($0, a, b, level: level, seed: seed) })
  }

  /// Into how many parts the directions are divided.
  package static let parts = directions / together

  /// The mean over all directions of their parts' sums.
  package static func distance(_ sums: [Double]) -> Double {
    sums.reduce(0, +) / Double(directions)
  }

  /// The sum over a part of the directions.
  package static func sum(
    _ part: Int, _ a: PatchDescriptors, _ b: PatchDescriptors, level: Int, seed: UInt64
  ) -> Double {
    precondition(a.length == b.length && a.count > 0 && b.count > 0, "patches of two kinds")
    let chosen = ((part * together)..<((part + 1) * together)).flatMap {
      direction($0, length: a.length, level: level, seed: seed)
    }
    var (x, y) = (projections(a, on: chosen), projections(b, on: chosen))
    return sumOfDistances(&x, &y)
  }

  /// A direction of length 1, uniform on the sphere.
  private static func direction(_ number: Int, length: Int, level: Int, seed: UInt64) -> [Double] {
    let normals = RandomStream(
      seed: seed, purpose: .comparison, index: number, step: level, site: 2
    ).normals(length).map(Double.init)
    let norm = normals.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return normals.map { $0 / norm }
  }

  /// (directions, patches).
  private static func projections(_ patches: PatchDescriptors, on directions: [Double]) -> [Float] {
    let piece = 4096
    var result = [Float](repeating: 0, count: together * patches.count)
    for first in stride(from: 0, to: patches.count, by: piece) {
      let last = min(first + piece, patches.count)
      let block = patches.values[(first * patches.length)..<(last * patches.length)]
      let products = InnerProducts.of(
        directions, block.map(Double.init), length: patches.length)
      for d in 0..<together {
        for i in first..<last {
          result[d * patches.count + i] = Float(products[d * (last - first) + i - first])
        }
      }
    }
    return result
  }

  /// The sum over directions of the distances of their projections.
  private static func sumOfDistances(_ x: inout [Float], _ y: inout [Float]) -> Double {
    let (xCount, yCount) = (x.count / together, y.count / together)
    var distances = [Double](repeating: 0, count: together)
    x.withUnsafeMutableBufferPointer { x in
      y.withUnsafeMutableBufferPointer { y in
        distances.withUnsafeMutableBufferPointer { distances in
          // Each iteration touches a direction of its own.
          nonisolated(unsafe) let (x, y, distances) = (x, y, distances)
          Threads.forEach(together) { d in
            let a = UnsafeMutableBufferPointer(rebasing: x[(d * xCount)..<((d + 1) * xCount)])
            let b = UnsafeMutableBufferPointer(rebasing: y[(d * yCount)..<((d + 1) * yCount)])
            radixSort(a)
            radixSort(b)
            distances[d] = wassersteinDistance(UnsafeBufferPointer(a), UnsafeBufferPointer(b))
          }
        }
      }
    }
    return distances.reduce(0, +)
  }
}

/// The mean way that mass has to go from one set of numbers to another: the area between their
/// distribution functions. The sets are sorted, and may have different counts.
package func wassersteinDistance(
  _ a: UnsafeBufferPointer<Float>, _ b: UnsafeBufferPointer<Float>
) -> Double {
  var (i, j) = (0, 0)
  var sum = 0.0
  // How far, in units of 1 / (a.count · b.count), the mass before has been moved.
  var moved = 0
  while i < a.count && j < b.count {
    let (endOfA, endOfB) = ((i + 1) * b.count, (j + 1) * a.count)
    let end = min(endOfA, endOfB)
    sum += Double(end - moved) * Double((a[i] - b[j]).magnitude)
    moved = end
    if endOfA == end { i += 1 }
    if endOfB == end { j += 1 }
  }
  return sum / (Double(a.count) * Double(b.count))
}

/// Sorts finite numbers by their bits, 11 at a time, the least first.
package func radixSort(_ values: UnsafeMutableBufferPointer<Float>) {
  withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 2 * values.count) { memory in
    var from = UnsafeMutableBufferPointer(rebasing: memory[..<values.count])
    var to = UnsafeMutableBufferPointer(rebasing: memory[values.count...])
    // Whole numbers in the same order: negative ones turned round, the others above them.
    for i in values.indices {
      let bits = values[i].bitPattern
      from[i] = bits >> 31 == 1 ? ~bits : bits | 1 << 31
    }
    for shift: UInt32 in [0, 11, 22] {
      var places = [Int](repeating: 0, count: 1 << 11)
      for key in from { places[Int(key >> shift & 0x7ff)] += 1 }
      var place = 0
      for digit in places.indices { (places[digit], place) = (place, place + places[digit]) }
      for key in from {
        let digit = Int(key >> shift & 0x7ff)
        to[places[digit]] = key
        places[digit] += 1
      }
      (from, to) = (to, from)
    }
    for i in values.indices {
      let key = from[i]
      values[i] = Float(bitPattern: key >> 31 == 1 ? key & ~(1 << 31) : ~key)
    }
  }
}
