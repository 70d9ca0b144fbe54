package import Compiler
internal import Files
import Foundation
internal import Graph
internal import SystemPackage

/// The two power-function averages of which a run keeps snapshots, so that one of any other length can be
/// put together afterwards; their lengths are those of Karras et al. 2024, section 3.2.
package final class RunningAverages {
  /// One of them, and the group of files that it goes into.
  package struct Running {
    package let part: CheckpointFile.Part
    package let average: PowerFunctionAverage
    package let store: ParameterStore
  }

  package let all: [Running]
  private let own: [Range<Int>]?

  /// Averages of weights that have had no update.
  ///
  /// - Parameter own: the elements that this process keeps up to date; nil for all.
  package init(of parameters: ParameterStore, own: [Range<Int>]? = nil) throws {
    self.own = own
    all = try Self.parts.map { part, length in
      Running(
        part: part, average: PowerFunctionAverage(length: length),
        store: try ParameterStore(parameters.declarations, on: parameters.backend))
    }
  }

  /// Where files have which length.
  package static let parts: [(part: CheckpointFile.Part, length: Double)] = [
    (.shortAverage, 0.05), (.longAverage, 0.10),
  ]

  /// Takes in the weights after update `step`, the first being 1.
  package func update(with parameters: ParameterStore, step: Int) {
    for running in all {
      running.store.move(
        towards: parameters, by: Float(1 - running.average.decay(step)), in: own)
    }
  }
}
