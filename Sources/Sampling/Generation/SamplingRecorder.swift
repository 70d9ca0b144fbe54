internal import Diffusion

/// Records the trajectory from noise to images, batch by batch, and writes it at the end.
protocol SamplingRecorder: AnyObject {
  /// The indices of the images whose trajectory is recorded, ascending.
  var indices: [Int] { get }

  /// Begins a batch of images, in which there may be others.
  func begin(_ batch: [Int])
  /// Takes an evaluation of the network for the batch.
  func record(_ snapshot: SamplerSnapshot) throws
  /// Takes the batch's clean images.
  func end(_ images: [Float]) throws
  /// Writes the file.
  func finish() throws
}
