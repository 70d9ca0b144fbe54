import Checkpoints
import Files
import Foundation
import HDF5
import SystemPackage
import TestSupport
import Testing

@Suite struct StepTensorsTests {
  private let folder: TemporaryFolder
  private let path: FilePath

  init() throws {
    folder = try TemporaryFolder()
    path = folder / "a.h5"
  }

  /// 5 steps of 2 x 3 pixels in 3 channels.
  private func layout(_ element: StoredElement, images: Int = 4) -> StepLayout {
    StepLayout(
      images: images, timesteps: [0, 10, 100, 500, 999], alphaBar: [1, 0.75, 0.5, 0.25, 0.125],
      channels: 3, height: 2, width: 3, element: element)
  }

  /// A number in [-1, 1] that tells image, step and element.
  private func value(_ image: Int, _ step: Int, _ element: Int) -> Float {
    Float(image * 90 + step * 18 + element) / 255 * 2 - 1
  }

  private func image(_ image: Int, _ step: Int) -> [Float] {
    (0..<18).map { value(image, step, $0) }
  }

  private func writeNoised(
    _ layout: StepLayout, images: Int, withNoise: Bool = true
  ) throws {
    let writer = try NoisedFileWriter(
      path, layout, withNoise: withNoise, config: "{}", seed: .max - 1)
    for index in 0..<images {
      try writer.append(source: "größe/\(index).png", image(index, 0)) { step, xt, noise in
        for element in xt.indices {
          xt[element] = value(index, step, element)
          noise[element] = -3 * value(index, step, element)
        }
      }
    }
    try writer.finish()
  }

  private func refusal(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "nothing"
    } catch {
      return "\(error)".replacing("\(folder.path)/", with: "")
    }
  }

  @Test(
    arguments: [(.float32, 0), (.float16, 0.0005), (.pixel, 0.0001)] as [(StoredElement, Float)])
  func `noised images come back within their type's precision`(
    _ element: StoredElement, _ tolerance: Float
  ) throws {
    try writeNoised(layout(element), images: 2)
    let file = try StepTensorsFile(opening: path)
    #expect(file.format == .noised)
    #expect(file.layout == layout(element, images: 2))
    #expect(file.sources == ["größe/0.png", "größe/1.png"])
    #expect(file.config == "{}")
    #expect(file.seed == UInt64.max - 1)
    #expect(file.hasSecond)
    for index in 0..<2 {
      for step in 0..<5 {
        let expected = image(index, step)
        let xt = try file.xt(image: index, step: step)
        #expect(zip(xt, expected).allSatisfy { abs($0 - $1) <= tolerance })
        let noise = try #require(try file.second(image: index, step: step))
        #expect(zip(noise, expected).allSatisfy { abs($0 + 3 * $1) <= max(tolerance, 0.0015) })
      }
      #expect(try file.xt(image: index).count == 5 * 18)
      let x0 = try file.x0(image: index)
      #expect(zip(x0, image(index, 0)).allSatisfy { abs($0 - $1) <= tolerance })
    }
    let verification = try FileVerification(path)
    #expect(verification.format == .noised)
    #expect(verification.unprotected == [])
  }

  @Test func `pixels outside of the range are clipped`() throws {
    let writer = try NoisedFileWriter(
      path, layout(.pixel), withNoise: false, config: "{}", seed: 0)
    try writer.append(source: "a.png", image(0, 0)) { _, xt, _ in
      for (index, value) in [-9, -1.1, -1, 0, 1, 1.1, 9, .infinity, .nan].enumerated() {
        xt[index] = Float(value)
      }
    }
    try writer.finish()
    let pixels = try File.open(path).root.dataset("x_t").read(UInt8.self, at: [0, 0])
    #expect(pixels[..<9] == [0, 0, 0, 128, 255, 255, 255, 255, 0])
    let scale = try File.open(path).root.dataset("x_t").attribute("scale_factor").double()
    #expect(scale == 1 / 127.5)
    #expect(try !StepTensorsFile(opening: path).hasSecond)
  }

  @Test func `chunks are near a mebibyte and hold steps of one image`() throws {
    var layout = layout(.float32, images: 1)
    (layout.height, layout.width) = (100, 200)
    let writer = try NoisedFileWriter(path, layout, withNoise: false, config: "", seed: 0)
    let x0 = (0..<60_000).map { Float($0) }
    try writer.append(source: "a.png", x0) { step, xt, _ in
      for index in xt.indices { xt[index] = Float(step * 60_000 + index) }
    }
    try writer.finish()
    let root = try File.open(path).root
    #expect(try root.dataset("x_t").chunk == [1, 4, 3, 100, 200])
    #expect(try root.dataset("x_0").chunk == [1, 3, 100, 200])
    let file = try StepTensorsFile(opening: path)
    #expect(try file.xt(image: 0) == (0..<300_000).map { Float($0) })
    #expect(try file.x0(image: 0) == x0)
  }

  @Test func `the bytes do not depend on which step is ready first`() throws {
    var layout = layout(.float16)
    // A chunk for every step.
    (layout.height, layout.width) = (300, 400)
    func bytes(_ delays: [Int]) throws -> [UInt8] {
      let writer = try NoisedFileWriter(path, layout, withNoise: true, config: "", seed: 0)
      for image in 0..<2 {
        let x0 = [Float](repeating: 0, count: layout.imageCount)
        try writer.append(source: "\(image)", x0) { step, xt, noise in
          usleep(UInt32(delays[step]))
          for i in xt.indices { (xt[i], noise[i]) = (Float(image * 5 + step), Float(i)) }
        }
      }
      try writer.finish()
      return try TestBytes.read(path)
    }
    #expect(try bytes([9000, 0, 6000, 3000, 0]) == bytes([0, 9000, 0, 0, 5000]))
  }

  @Test func `axes have names and values`() throws {
    try writeNoised(layout(.float32), images: 3)
    let root = try File.open(path).root
    for name in ["source", "timesteps", "channel", "row", "column"] {
      #expect(try root.dataset(name).attribute("CLASS").text() == "DIMENSION_SCALE")
    }
    for name in ["x_t", "eps", "x_0", "alpha_bar"] {
      #expect(try root.dataset(name).hasAttribute("DIMENSION_LIST"))
    }
    #expect(try root.dataset("timesteps").read(Int.self) == [0, 10, 100, 500, 999])
  }

  @Test func `a file without images is whole`() throws {
    try writeNoised(layout(.float16), images: 0)
    #expect(try StepTensorsFile(opening: path).layout.images == 0)
  }

  @Test func `an unfinished file leaves nothing`() throws {
    do {
      let writer = try NoisedFileWriter(
        path, layout(.float32), withNoise: false, config: "", seed: 0)
      try writer.append(source: "a.png", image(0, 0)) { _, _, _ in }
    }
    #expect(try folder.names() == [])
  }

  @Test func `a trajectory's images take turns`() throws {
    var steps = layout(.float32, images: 4)
    steps.timesteps = [999, 666, 333, 0.5, -1]
    let writer = try TrajectoryFileWriter(
      path, steps, withPrediction: true, config: "{}", seed: 7)
    for batch in [[0, 1], [2]] {
      for step in 0..<5 {
        for position in batch {
          try image(position, step).withUnsafeBufferPointer { xt throws in
            try writer.append(position: position, xt, prediction: xt)
          }
        }
      }
    }
    try writer.finish(indices: [17, 18, 40])

    let file = try StepTensorsFile(opening: path)
    steps.images = 3
    #expect(file.format == .trajectory)
    #expect(file.layout == steps)
    #expect(file.indices == [17, 18, 40])
    for position in 0..<3 {
      #expect(try file.xt(image: position) == (0..<5).flatMap { image(position, $0) })
      #expect(try file.second(image: position, step: 2) == image(position, 2))
      #expect(try file.x0(image: position) == image(position, 4))
    }
  }

  @Test func `other files are refused by what they are`() throws {
    try CheckpointFile.write(
      to: path,
      CheckpointHeader(
        creator: "", created: "", config: "", step: 0, imagesSeen: 0, threads: 1, cpu: "",
        oneDNNVersion: ""), parts: [], history: TrainingHistory())
    #expect(
      refusal { _ = try StepTensorsFile(opening: path) }
        == "a.h5: is a checkpoint, expected a file of noisy samples")

    let contradiction = try File.create(path)
    let root = try contradiction.root
    try root.setAttribute("format", "stipple-trajectory")
    try root.setAttribute("format_version", 1)
    try root.setAttribute("config", "")
    try root.setAttribute("seed", 1)
    try root.write("index", [1, 2])
    try root.write("timesteps", [9, 5, 0])
    try root.write("alpha_bar", [0.1, 0.5, 1])
    try root.write("x_t", [Float](repeating: 0, count: 4), shape: [1, 4, 1, 1, 1])
    try contradiction.publish()
    #expect(
      refusal { _ = try StepTensorsFile(opening: path) }
        == "a.h5: is inconsistent: x_t has shape 1 x 4 x 1 x 1 x 1, but there are 3 timesteps "
        + "and 3 values of alpha_bar")
  }

  @Test func `a damaged step is named`() throws {
    try writeNoised(layout(.float32), images: 2)
    var bytes = try [UInt8](TestBytes.read(path))
    let step = image(1, 3).withUnsafeBytes { [UInt8]($0) }
    bytes[try #require(bytes.firstRange(of: step)).lowerBound + 2] ^= 1
    try AtomicFile.write(bytes, to: path)
    let file = try StepTensorsFile(opening: path)
    _ = try file.xt(image: 0, step: 3)
    #expect(
      refusal { _ = try file.xt(image: 1, step: 3) }
        == "a.h5: dataset x_t could not be read: a checksum does not match; the file is damaged")
  }
}

/// The bytes of files.
enum TestBytes {
  static func read(_ path: FilePath) throws -> [UInt8] {
    let descriptor = try FileDescriptor.open(path, .readOnly)
    return try descriptor.closeAfter {
      let size = Int(try descriptor.seek(offset: 0, from: .end))
      return try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
        count = try descriptor.read(
          fromAbsoluteOffset: 0, into: UnsafeMutableRawBufferPointer(buffer))
      }
    }
  }
}

extension NoisedFileWriter {
  /// Adds an image whose steps all are filled alike.
  @discardableResult
  fileprivate func append(
    source: String, _ image: [Float],
    fill:
      @escaping @Sendable (
        Int, UnsafeMutableBufferPointer<Float>, UnsafeMutableBufferPointer<Float>
      ) -> Void
  ) throws -> Bool {
    try append(source: source, image, filling: { _ in fill })
  }
}
