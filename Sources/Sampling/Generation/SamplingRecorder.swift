internal import Diffusion

/// Keeps something of the way from noise to images, batch after batch, and writes it at the end.
protocol SamplingRecorder: AnyObject {
  /// The images whose way it is shown, by their indices in rising order.
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
