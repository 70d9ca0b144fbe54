package import PNGCodec
internal import Random

/// Makes batches of a data set: shuffled, cropped and mirrored, all as the seed says.
///
/// A batch follows from the seed and its position alone, so that training goes on anywhere without
/// stored state. Fewer images than a batch has examples are repeated.
package struct BatchSource: Sendable {
  package let dataset: Dataset
  /// Whether every other example, by chance, is mirrored left to right.
  package let flips: Bool
  /// Whether examples, which are square then, are turned by a random number of quarters.
  package let turns: Bool
  /// How they are changed beyond that; nil for not at all.
  package let augmentation: Augmentation?
  /// Whether an unreadable image ends the work, rather than being left out.
  package let isStrict: Bool

  private let seed: UInt64
  private let report: @Sendable (PNGError) -> Void
  private var order: ExampleOrder
  private var reported: Set<Int> = []

  /// - Parameters:
  ///   - dataset: The images.
  ///   - seed: What the order, crops and flips follow from.
  ///   - flips: Whether to mirror.
  ///   - turns: Whether to turn by quarters.
  ///   - augmentation: How they are changed beyond that.
  ///   - isStrict: Whether an unreadable image is an error.
  ///   - onUnreadable: Called once for each image that is left out.
  package init(
    _ dataset: Dataset, seed: UInt64, flips: Bool = false, turns: Bool = false,
    augmentation: Augmentation? = nil, isStrict: Bool = false,
    onUnreadable: @escaping @Sendable (PNGError) -> Void = { _ in }
  ) {
    self.dataset = dataset
    self.seed = seed
    precondition(!turns || dataset.size.width == dataset.size.height, "only squares are turned")
    self.flips = flips
    self.turns = turns
    self.augmentation = augmentation
    self.isStrict = isStrict
    report = onUnreadable
    order = ExampleOrder(count: dataset.files.count, seed: seed)
  }

  /// The examples at `positions` of the endless order.
  ///
  /// - Throws: `noneReadable` where not one image can be read, `unreadable` where one cannot and
  ///   the source is strict.
  package mutating func batch(at positions: Range<Int>) throws(ImagesError) -> Batch {
    let area = dataset.size.area
    let exampleCount = dataset.format.channels * area
    var values = [Float](repeating: 0, count: positions.count * exampleCount)
    var images: [Int] = []
    var labels: [Float] = []
    var unreadable: [Int: PNGError] = [:]
    images.reserveCapacity(positions.count)
    for (n, position) in positions.enumerated() {
      let place = order.place(at: position)
      let (index, image) = try readableImage(at: place, &unreadable)
      images.append(index)
      values.withUnsafeMutableBufferPointer { values in
        let example = UnsafeMutableBufferPointer(
          rebasing: values[(n * exampleCount)..<((n + 1) * exampleCount)])
        write(image, at: place, to: example)
        labels += augmentation.map { change(example, by: $0, at: place) } ?? []
      }
    }
    return Batch(
      unreadable: unreadable, values: values, images: images, positions: positions,
      augmentation: augmentation.map { _ in labels })
  }

  /// The image at `place`, or where that cannot be read, at the next place that can.
  private mutating func readableImage(
    at place: ExampleOrder.Place, _ unreadable: inout [Int: PNGError]
  ) throws(ImagesError) -> (Int, PixelImage) {
    var firstError: PNGError?
    for offset in 0..<order.count {
      let index = order.image(
        at: .init(epoch: place.epoch, index: (place.index + offset) % order.count))
      do throws(PNGError) {
        return (index, try dataset.image(at: index))
      } catch {
        unreadable[index] = error
        if reported.insert(index).inserted { report(error) }
        if isStrict { throw .unreadable(error) }
        firstError = firstError ?? error
      }
    }
    guard let firstError else { preconditionFailure("a data set of no images") }
    throw .noneReadable(firstError, count: order.count)
  }

  private func change(
    _ example: UnsafeMutableBufferPointer<Float>, by augmentation: Augmentation,
    at place: ExampleOrder.Place
  ) -> [Float] {
    augmentation(
      example, channels: dataset.format.channels, width: dataset.size.width,
      height: dataset.size.height,
      RandomStream(seed: seed, purpose: .augmentation, index: place.index, step: place.epoch))
  }

  /// Crops, mirrors, turns, scales to [-1, 1] and separates the channels.
  private func write(
    _ image: PixelImage, at place: ExampleOrder.Place, to example: UnsafeMutableBufferPointer<Float>
  ) {
    let (width, height, channels) = (dataset.size.width, dataset.size.height, image.channels)
    let crop = RandomStream(seed: seed, purpose: .crop, index: place.index, step: place.epoch)
    let left = image.width == width ? 0 : crop.integer(below: image.width - width + 1, at: 0)
    let top = image.height == height ? 0 : crop.integer(below: image.height - height + 1, at: 1)
    let flip = RandomStream(seed: seed, purpose: .flip, index: place.index, step: place.epoch)
    let isMirrored = flips && flip.word() & 1 == 1
    let quarters = turns ? flip.word(at: 1) & 3 : 0
    image.pixels.withUnsafeBufferPointer { pixels in
      for c in 0..<channels {
        for y in 0..<height {
          let row = ((top + y) * image.width + left) * channels + c
          let to = (c * height + y) * width
          for x in 0..<width {
            let column = isMirrored ? width - 1 - x : x
            let place =
              switch quarters {
              case 0: to + x
              case 1: (c * height + x) * width + width - 1 - y
              case 2: (c * height + height - 1 - y) * width + width - 1 - x
              default: (c * height + height - 1 - x) * width + y
              }
            example[place] = Float(pixels[row + column * channels]) / 127.5 - 1
          }
        }
      }
    }
  }
}
