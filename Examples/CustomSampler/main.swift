// Generates images with a sampler that Stipple does not have.
//
//     swift run -c release CustomSampler CHECKPOINT OUTPUT [COUNT]

import Foundation
import Stipple
import SystemPackage

let arguments = CommandLine.arguments.dropFirst().map { FilePath($0) }
guard arguments.count >= 2 else {
  print("usage: CustomSampler CHECKPOINT OUTPUT [COUNT]")
  exit(64)
}
let count = arguments.count > 2 ? Int(arguments[2].string) ?? 16 : 16

let generator = try Generator(DiffusionModel(arguments[0]), GenerationSettings())
let sampler = AdamsBashforth(steps: 20)

try FileManager.default.createDirectory(
  atPath: arguments[1].string, withIntermediateDirectories: true)

// An image depends on the checkpoint, the seed and its index alone, so batches may be of any size.
for first in stride(from: 0, to: count, by: 8) {
  let indices = Array(first..<min(first + 8, count))
  let images = generator.tensors(try sampler.images(indices, generator))
  for (index, image) in zip(indices, images) {
    try image.write(toPNG: arguments[1].appending("\(index).png"))
  }
}
print("generated \(count) images with \(sampler.steps) evaluations of the network each")
