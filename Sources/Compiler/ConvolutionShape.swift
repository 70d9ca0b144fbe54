package import Graph

/// The sizes of a convolution, and which part of the weight it uses.
package struct ConvolutionShape: Hashable {
  /// The parameter's index.
  package let weight: Int
  /// (O, I, kH, kW) of the whole weight.
  package let weightShape: [Int]
  /// The first of the weight's input channels that are used, and how many: all of them, or one half
  /// where the input is the other half of a concatenation.
  package let firstChannel: Int
  package let inputChannels: Int
  package let stride: Int
  package let padding: Padding

  package var outputChannels: Int { weightShape[0] }
  package var kernel: [Int] { Array(weightShape[2...]) }
  package var area: Int { kernel[0] * kernel[1] }

  /// The same convolution with a weight of its own.
  package var alone: ConvolutionShape {
    ConvolutionShape(
      weight: 0, weightShape: [outputChannels, inputChannels] + kernel, firstChannel: 0,
      inputChannels: inputChannels, stride: stride, padding: padding)
  }

  /// Multiplications and additions for an output (N, H, W, O).
  package func operations(output: [Int]) -> Double {
    output.reduce(2 * Double(inputChannels * area)) { $0 * Double($1) }
  }
}
