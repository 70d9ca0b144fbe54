import ArgumentParser
import Foundation
import Stipple
import SystemPackage

// What every command checks of its flags, before anything is read.

/// Refuses a value out of its setting's range.
func check(_ setting: NumericSetting, _ value: Int?) throws {
  if let fault = setting.fault(value) { throw ValidationError("\(setting.flag): \(fault)") }
}

/// Refuses a value out of its setting's range.
///
/// - Parameter flag: the flag that the value is from, where that is not the setting's.
func check(_ setting: NumericSetting, _ value: Double?, of flag: String? = nil) throws {
  if let fault = setting.fault(value) {
    throw ValidationError("\(flag ?? setting.flag): \(fault)")
  }
}

/// Refuses a size out of its range.
func check(_ size: ImageSize?) throws {
  if let fault = NumericSetting.size.fault(size) { throw ValidationError("--size: \(fault)") }
}

/// Refuses a file's name for a folder that is to be made.
func checkFolder(_ output: FilePath, of things: String) throws {
  let files: Set = [
    "png", "apng", "jpg", "jpeg", "webp", "gif", "bmp", "tif", "tiff", "h5", "hdf5", "csv", "json",
    "yaml", "yml", "safetensors", "ckpt", "pt", "pth", "npz", "npy", "zip", "txt",
  ]
  guard let suffix = output.extension, files.contains(suffix.lowercased()),
    !FileManager.default.fileExists(atPath: output.string)
  else { return }
  var folder = output
  folder.extension = nil
  throw ValidationError(
    "--output: \(output) is named like a file, but \(things) in a folder; give a folder, such as "
      + "-o \(ShellWord.quoted(folder.string))")
}
