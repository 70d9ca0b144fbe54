import Foundation
import Testing

extension Trait where Self == ConditionTrait {
  /// For tests that start the program under Open MPI's launcher.
  static var needsOpenMPI: Self {
    .enabled(
      if: ["mpirun.openmpi", "pgrep"].allSatisfy {
        FileManager.default.isExecutableFile(atPath: "/usr/bin/\($0)")
      }, "Open MPI or pgrep is not installed")
  }
}
