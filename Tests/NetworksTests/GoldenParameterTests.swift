import Compiler
import Foundation
import Graph
import Networks
import SystemPackage
import TestSupport
import Testing

/// Networks that diffusers made: their descriptions give the parameters that their files hold.
@Suite struct GoldenParameterTests {
  static let cases =
    GoldenFolder.cases(withPrefix: "unet_") + GoldenFolder.cases(withPrefix: "training")

  /// A folder of one's own, named by STIPPLE_GOLDEN, may have whatever is to be tried.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["STIPPLE_GOLDEN"] == nil))
  func `the repository has networks and a training run`() {
    #expect(Self.cases.count >= 4, "no golden cases in \(GoldenFolder.path)")
    #expect(GoldenTrainingTests.cases.count >= 1)
  }

  @Test(arguments: cases)
  func `names and shapes are those of diffusers`(folder: FilePath) throws {
    let golden = try DiffusersFolder(reading: folder)
    let file = try SafetensorsFile(golden.weights)
    let expected = Set(file.header.tensors.map { "\($0.name) \($0.shape)" })
    let built = Set(golden.configuration.network.parameters.map { "\($0.name) \($0.shape)" })
    #expect(built.symmetricDifference(expected).sorted() == [])
    #expect(golden.configuration.network.parameters.count == file.header.tensors.count)
  }

  @Test(arguments: cases)
  func `configurations survive writing and reading`(folder: FilePath) throws {
    let golden = try DiffusersFolder(reading: folder).configuration
    let temporary = try TemporaryFolder()
    try Fixture.write(golden.json.text(indented: true), to: temporary / "config.json")
    let again = try DiffusersConfiguration(reading: temporary / "config.json")
    #expect(again == golden)
    #expect(again.unknownKeys == [])
  }

  @Test(arguments: cases)
  func `what is exported is read back bit by bit`(folder: FilePath) throws {
    let golden = try DiffusersFolder(reading: folder)
    let weights = try Fixture.weights(of: golden)
    let temporary = try TemporaryFolder()
    try DiffusersFolder.write(
      golden.configuration,
      scheduler: DiffusersScheduler(timesteps: 1000, betas: .linear(start: 1e-4, end: 0.02)),
      to: temporary / "a/b"
    ) { weights[$0] ?? [] }
    let exported = try DiffusersFolder(reading: temporary / "a/b")
    #expect(exported.configuration == golden.configuration)
    #expect(try Fixture.weights(of: exported) == weights)
  }
}
