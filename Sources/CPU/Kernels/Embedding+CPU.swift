internal import Compiler

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension TimestepEmbedding: CPUInstruction {
  func prepare(_ preparation: Preparation) throws(ComputeError) -> Kernel {
    let images = preparation.shape(output)[0]
    let channels = preparation.shape(output)[1]
    let half = channels / 2
    let t = preparation.pointer(input)
    let y = preparation.pointer(output)
    let frequencies = (0..<half).map {
      exp(-log(10000.0) * Double($0) / (Double(half) - Double(frequencyShift)))
    }
    let sines = flipSineToCosine ? half : 0
    let cosines = flipSineToCosine ? 0 : half
    return Kernel {
      for n in 0..<images {
        let row = y + n * channels
        if channels % 2 == 1 { row[channels - 1] = 0 }
        for (i, frequency) in frequencies.enumerated() {
          row[sines + i] = Float(sin(Double(t[n]) * frequency))
          row[cosines + i] = Float(cos(Double(t[n]) * frequency))
        }
      }
    }
  }
}

extension EmbeddingLookup: CPUInstruction {
  func prepare(_ preparation: Preparation) throws(ComputeError) -> Kernel {
    let (images, channels) = (preparation.shape(output)[0], preparation.shape(output)[1])
    let table = preparation.parameter(table)
    let index = preparation.pointer(index)
    let y = preparation.pointer(output)
    let rows = rows
    return Kernel {
      for n in 0..<images {
        let row = Int(index[n])
        precondition(row >= 0 && row < rows, "class \(row) of \(rows)")
        (y + n * channels).update(from: table + row * channels, count: channels)
      }
    }
  }
}

extension EmbeddingBackward: CPUInstruction {
  func prepare(_ preparation: Preparation) throws(ComputeError) -> Kernel {
    let images = preparation.shape(outputGradient)[0]
    let channels = preparation.shape(outputGradient)[1]
    let gradient = try preparation.gradient(forward.table)
    let index = preparation.pointer(forward.index)
    let dy = preparation.pointer(outputGradient)
    let count = forward.rows * channels
    return Kernel {
      gradient.update(repeating: 0, count: count)
      for n in 0..<images {
        let row = gradient + Int(index[n]) * channels
        for c in 0..<channels { row[c] += dy[n * channels + c] }
      }
    }
  }
}
