internal import CKernels
internal import Compiler

extension Linear: CPUInstruction {
  func prepare(_ preparation: Preparation) throws(ComputeError) -> Kernel {
    let (rows, inner) = (preparation.shape(input)[0], preparation.shape(input)[1])
    let columns = preparation.shape(output)[1]
    let x = preparation.pointer(input)
    let y = preparation.pointer(output)
    let w = preparation.parameter(weight)
    let b = bias.map { preparation.parameter($0) }
    return Kernel {
      // oneDNN's product rounds a row differently when there are others.
      st_linear(y, x, w, b, rows, columns, inner)
    }
  }
}

extension LinearBackward: CPUInstruction {
  func prepare(_ preparation: Preparation) throws(ComputeError) -> Kernel {
    let rows = preparation.shape(forward.input)[0]
    let inner = preparation.shape(forward.input)[1]
    let columns = preparation.shape(outputGradient)[1]
    let x = preparation.pointer(forward.input)
    let dy = preparation.pointer(outputGradient)
    let dx = inputGradient.map { preparation.pointer($0) }
    let w = preparation.parameter(forward.weight)
    let dw = try preparation.gradient(forward.weight)
    let db = try forward.bias.map { (bias) throws(ComputeError) in try preparation.gradient(bias) }
    let isOurs = preparation.code == .loops
    return Kernel {
      if isOurs {
        st_multiply(dw, dy, 1, columns, x, columns, inner, rows)
      } else {
        OneDNN.multiply(dy, transposeA: true, x, into: dw, columns, inner, rows)
      }
      if let db {
        db.update(from: dy, count: columns)
        for row in 1..<max(rows, 1) {
          for column in 0..<columns { db[column] += dy[row * columns + column] }
        }
      }
      guard let dx else { return }
      if isOurs {
        st_multiply(dx, dy, columns, 1, w, rows, inner, columns)
      } else {
        OneDNN.multiply(dy, w, into: dx, rows, inner, columns)
      }
    }
  }
}
