/// The sizes of a convolution, and which part of the weight it uses.
struct ConvolutionShape: Hashable {
  /// The parameter's index.
  let weight: Int
  /// (O, I, kH, kW) of the whole weight.
  let weightShape: [Int]
  /// The first of the weight's input channels that are used, and how many: all of them, or one half
  /// where the input is the other half of a concatenation.
  let firstChannel: Int
  let inputChannels: Int
  let stride: Int
  let padding: Padding

  var outputChannels: Int { weightShape[0] }
  var kernel: [Int] { Array(weightShape[2...]) }
  var area: Int { kernel[0] * kernel[1] }

  /// Multiplications and additions for an output (N, H, W, O).
  func operations(output: [Int]) -> Int { 2 * output.reduce(1, *) * inputChannels * area }
}
