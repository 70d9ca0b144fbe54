// Removes the noise from one image in memory, as a program would that gets its images from elsewhere.
//
//     swift run -c release DenoiseInMemory CHECKPOINT NOISY.png CLEAN.png [SIGMA]

import Foundation
import Stipple
import SystemPackage

let arguments = CommandLine.arguments.dropFirst().map { FilePath($0) }
guard arguments.count >= 3 else {
  print("usage: DenoiseInMemory CHECKPOINT NOISY.png CLEAN.png [SIGMA]")
  exit(64)
}

// A checkpoint, a run folder, or the name of a model. A denoiser may be kept and used for any number of images.
let model = try DiffusionModel(arguments[0])
let denoiser = Denoiser(model, method: .mean)

// Numbers from -1 to 1, channel by channel; ImageTensor(values:channels:width:height:) takes your own.
let noisy = try ImageTensor(readingPNG: arguments[1], channels: model.configuration.channels)
let sigma = arguments.count > 3 ? Double(arguments[3].string) : nil
print("\(noisy.width) x \(noisy.height)")

let clean = try denoiser.denoise(noisy, sigma: sigma)
try clean.write(toPNG: arguments[2])

// What was removed has about the noise's standard deviation.
let squares = zip(noisy.values, clean.values).map { Double(($0 - $1) * ($0 - $1)) }
let removed = 127.5 * (squares.reduce(0, +) / Double(squares.count)).squareRoot()
print("removed: sigma = \(removed) of 255")
