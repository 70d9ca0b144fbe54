internal import Files
internal import Graph
package import SystemPackage

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

extension DiffusersFolder {
  /// Writes a folder that `UNet2DModel.from_pretrained` and the scheduler's `from_pretrained` load, and with a
  /// scheduler of betas `DDPMPipeline.from_pretrained`: all files side by side, as the published DDPM networks have
  /// them.
  ///
  /// - Parameters:
  ///   - classNames: what its classes are called; nil writes no file of them.
  ///   - overwriting: whether files of an earlier export may be replaced.
  ///   - values: a parameter's elements by name, in PyTorch's axes.
  /// - Throws: `NetworkError.exists` before anything is written, or the system's refusal.
  package static func write(
    _ configuration: DiffusersConfiguration, scheduler: DiffusersScheduler,
    classNames: [String]? = nil, to folder: FilePath, overwriting: Bool = false,
    values: (String) -> [Float]
  ) throws(NetworkError) {
    var documents = [
      (configurationName, configuration.json), (schedulerName, scheduler.json),
    ]
    if scheduler.className == "DDPMScheduler" { documents.append((pipelineName, pipeline)) }
    if let classNames {
      let names = JSON.array(classNames.map(JSON.string))
      documents.append((classesName, .object([.init("class_names", names)])))
    }
    if !overwriting {
      for name in documents.map(\.0) + [weightsName] {
        let path = folder.appending(name)
        if try FileReading.exists(path) { throw .exists(path) }
      }
    }
    try writing { () throws(FileError) in try Folders.make(folder) }
    try SafetensorsWriter.write(
      configuration.network.parameters.map { ($0.name, $0.shape) },
      to: folder.appending(weightsName), values: values)
    for (name, json) in documents {
      try writing { () throws(FileError) in
        try AtomicFile.write((json.text(indented: true) + "\n").utf8, to: folder.appending(name))
      }
    }
    // What an earlier export had beside these would be taken for a part of this one.
    for name in [pipelineName, classesName]
    where overwriting && !documents.contains(where: { $0.0 == name }) {
      _ = folder.appending(name).withPlatformString { unlink($0) }
    }
  }

  private static func writing(_ body: () throws(FileError) -> Void) throws(NetworkError) {
    do throws(FileError) { try body() } catch {
      throw .file(error.path, failure: error.failure, cause: error.cause)
    }
  }

  private static let pipelineName = "model_index.json"

  /// What makes a pipeline of the two.
  private static var pipeline: JSON {
    .object([
      .init("_class_name", .string("DDPMPipeline")),
      .init("_diffusers_version", .string("0.30.0")),
      .init("scheduler", .array([.string("diffusers"), .string("DDPMScheduler")])),
      .init("unet", .array([.string("diffusers"), .string("UNet2DModel")])),
    ])
  }
}
