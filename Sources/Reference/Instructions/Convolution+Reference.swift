internal import Compiler
internal import Graph

extension Convolution: ReferenceInstruction {
  /// y_o(row, column) = b_o + Σ_c Σ_ij w_oc(i, j) x_c(row · stride + i - top, column · stride + j - left)
  func compute(_ memory: inout Memory) {
    let x = memory[input]
    let w = memory.parameters[shape.weight]
    let b = bias.map { memory.parameters[$0] }
    var y = residual.map { memory[$0] } ?? memory.zeros(like: output)
    for n in 0..<y.images {
      for o in 0..<shape.outputChannels {
        for row in y.rows {
          for column in y.columns {
            var sum = b?[o] ?? 0
            shape.forEachTap(o, row, column, x) { weight, c, fromRow, fromColumn in
              sum += w[weight] * x[n, c, fromRow, fromColumn]
            }
            y[n, o, row, column] += sum
          }
        }
      }
    }
    memory.tensors[output] = y
  }
}

extension ConvolutionInputGradient: ReferenceInstruction {
  /// Each tap gives its part of dy back to where it has read.
  func compute(_ memory: inout Memory) {
    let dy = memory[outputGradient]
    let w = memory.parameters[shape.weight]
    var dx = memory.zeros(like: inputGradient)
    let source = dx
    for n in 0..<dy.images {
      for o in 0..<shape.outputChannels {
        for row in dy.rows {
          for column in dy.columns {
            shape.forEachTap(o, row, column, source) { weight, c, fromRow, fromColumn in
              dx[n, c, fromRow, fromColumn] += w[weight] * dy[n, o, row, column]
            }
          }
        }
      }
    }
    memory.tensors[inputGradient] = dx
  }
}

extension ConvolutionWeightGradient: ReferenceInstruction {
  /// dw is dy times what the weight was multiplied with; db is the sum of dy.
  func compute(_ memory: inout Memory) {
    let (x, dy) = (memory[input], memory[outputGradient])
    var dw = [Double](repeating: 0, count: shape.weightShape.reduce(1, *))
    var db = [Double](repeating: 0, count: shape.outputChannels)
    for n in 0..<dy.images {
      for o in 0..<shape.outputChannels {
        for row in dy.rows {
          for column in dy.columns {
            db[o] += dy[n, o, row, column]
            shape.forEachTap(o, row, column, x) { weight, c, fromRow, fromColumn in
              dw[weight] += dy[n, o, row, column] * x[n, c, fromRow, fromColumn]
            }
          }
        }
      }
    }
    memory.add(dw, toGradient: shape.weight)
    if let bias { memory.add(db, toGradient: bias) }
  }
}

extension ConvolutionShape {
  /// Calls `body` with all that output (o, row, column) is a sum of: the weight's index, and the channel,
  /// row and column of the input `x`. What lies outside the input is zero, and left out.
  @inline(__always) func forEachTap(
    _ o: Int, _ row: Int, _ column: Int, _ x: Values,
    _ body: (_ weight: Int, _ c: Int, _ row: Int, _ column: Int) -> Void
  ) {
    let (height, width) = (kernel[0], kernel[1])
    for c in 0..<inputChannels {
      for i in 0..<height {
        for j in 0..<width {
          let fromRow = row * stride + i - padding.top
          let fromColumn = column * stride + j - padding.left
          guard x.rows.contains(fromRow), x.columns.contains(fromColumn) else { continue }
          let filter = o * weightShape[1] + firstChannel + c
          body((filter * height + i) * width + j, c, fromRow, fromColumn)
        }
      }
    }
  }
}
