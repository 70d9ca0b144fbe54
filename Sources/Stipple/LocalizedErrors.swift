internal import Compiler
public import Foundation
internal import HDF5
internal import Networks
internal import PNGCodec

/// An error that describes itself in a sentence, which Foundation's `localizedDescription` gives too.
public protocol DescribedError: LocalizedError, CustomStringConvertible {}

extension DescribedError {
  /// The sentence.
  public var errorDescription: String? { description }
}

extension ConversionError: DescribedError {}
extension DenoiserMemory: DescribedError {}
extension DenoisingError: DescribedError {}
extension DiffusionError: DescribedError {}
extension EditingError: DescribedError {}
extension FileError: DescribedError {}
extension FileFormatError: DescribedError {}
extension GenerationError: DescribedError {}
extension MemoryShortage: DescribedError {}
extension ModelError: DescribedError {}
extension NoisingError: DescribedError {}
extension OutputError: DescribedError {}
extension PictureError: DescribedError {}
extension RunError: DescribedError {}
extension SettingError: DescribedError {}
extension TrainingError: DescribedError {}

// Of other modules, which reach a caller as `any Error`.
extension ComputeError: DescribedError {}
extension DistributedError: DescribedError {}
extension HDF5Error: DescribedError {}
extension ImagesError: DescribedError {}
extension ImageNotWritten: DescribedError {}
extension NetworkError: DescribedError {}
extension PNGError: DescribedError {}
