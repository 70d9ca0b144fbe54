import Checkpoints
import Compiler
import Conversion
import Foundation
import Graph
import HDF5
import Sampling
import SystemPackage
import TestModels
import TestSupport
import Testing

/// Every `unet_*` case on its way through a checkpoint: the prediction is the one of diffusers.
@Suite struct GoldenImportTests {
  @Test(arguments: GoldenFolder.cases(withPrefix: "unet_"), [CheckpointWeights.ema, .model])
  func `an imported network predicts what diffusers does`(
    folder: FilePath, weights: CheckpointWeights
  ) throws {
    let place = try TemporaryFolder()
    try DiffusersImport(reading: folder).write(to: place / "a.h5")
    let model = try DiffusionModel(place / "a.h5", weights: weights)
    #expect(model.step == 0)

    let file = try File.open(folder.appending("io.h5")).root
    let x = try file.dataset("x")
    #expect(model.configuration.images.height == x.shape[2])
    #expect(model.configuration.images.width == x.shape[3])
    let y = try model.predictor()(
      x.read(), timesteps: file.dataset("t").read(Int.self).map(Double.init),
      classes: file.contains("class_labels") ? file.dataset("class_labels").read(Int.self) : nil)
    let expected = try file.dataset("y").read(Float.self)
    let largest = try #require(expected.map(abs).max())
    let difference = zip(y, expected).map { abs($0 - $1) }.max()
    #expect(y.count == expected.count)
    #expect(try #require(difference) < 1e-4 * largest)
  }

  @Test(arguments: GoldenFolder.cases(withPrefix: "unet_"))
  func `an exported network has the same bytes again`(folder: FilePath) throws {
    let place = try TemporaryFolder()
    try DiffusersImport(reading: folder).write(to: place / "a.h5")
    let model = try DiffusionModel(place / "a.h5")
    try model.exportDiffusers(to: place / "out")
    try DiffusersImport(reading: place / "out").write(to: place / "b.h5")
    let again = try DiffusionModel(place / "b.h5")
    #expect(again.configuration == model.configuration)
    #expect(again.fingerprint == model.fingerprint)
    #expect(again.parameters.bits == model.parameters.bits)
  }
}
