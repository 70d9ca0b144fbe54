internal import Random

/// The endless order in which training visits images: epoch after epoch, each in an order of its
/// own that follows from the seed and the epoch's number.
///
/// Position p is place p mod n of epoch p / n. Nothing has to be stored to go on at any position.
package struct ExampleOrder: Sendable {
  /// Images an epoch.
  package let count: Int
  package let seed: UInt64
  /// The epoch that `order` belongs to.
  private var epoch = -1
  private var order: [Int] = []

  package init(count: Int, seed: UInt64) {
    precondition(count > 0, "an order of no images")
    self.count = count
    self.seed = seed
  }

  /// A place in an epoch.
  package struct Place: Hashable, Sendable {
    package let epoch: Int
    /// 0 to n - 1.
    package let index: Int
  }

  /// Where `position` lies.
  package func place(at position: Int) -> Place {
    Place(epoch: position / count, index: position % count)
  }

  /// The image at `place`. Going from place to place within an epoch is cheap.
  package mutating func image(at place: Place) -> Int {
    if place.epoch != epoch {
      epoch = place.epoch
      order = RandomStream.shuffledOrder(of: count, seed: seed, epoch: epoch)
    }
    return order[place.index]
  }
}
