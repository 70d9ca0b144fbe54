import Distributed
import Files
import Foundation
import PNGCodec
import Sampling
import SystemPackage
import TestSupport
import Testing

/// Images of processes that share work, where they need not be the same.
@Suite struct SharedFilesTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for rank in 0..<3 {
      try FileManager.default.createDirectory(
        atPath: (folder / "\(rank)").string, withIntermediateDirectories: true)
      for image in 0..<70 {
        let count = rank == 2 && image == 42 ? 9 : 10
        let path = folder / "\(rank)/\(image).png"
        try Data(count: count).write(to: URL(filePath: path.string))
      }
    }
  }

  private func images(_ rank: Int) -> [FilePath] { (0..<70).map { folder / "\(rank)/\($0).png" } }

  /// What each of some ranks is told, where the last one has a folder of its own.
  private func errors(
    _ own: Int, _ check: @escaping @Sendable (ProcessGroup, [FilePath]) throws -> Void
  ) async -> [String?] {
    await ThreadCommunicator.run(3) { [self] ranks in
      do {
        try check(ProcessGroup(ranks), images(ranks.rank == 2 ? own : 0))
        return nil
      } catch {
        return "\(error)"
      }
    }
  }

  @Test func `files of one size are the same, others are named with the rank`() async {
    #expect(await errors(1) { try $0.requireSeen($1) } == [nil, nil, nil])
    let others = await errors(2) { try $0.requireSeen($1) }
    let first = others.first ?? nil
    #expect(
      first?.contains("42.png: rank 2 sees another file there than rank 0; all processes") == true,
      "\(others)")
    let none = await errors(3) { try $0.requireSeen($1) }
    #expect(none.allSatisfy { $0?.contains("rank 2 does not see it as rank 0 does") == true })
  }

  @Test func `an image that one rank has not read is named`() async {
    #expect(await errors(0) { try $0.requireRead($1) } == [nil, nil, nil])
    let missing = await errors(0) { try $0.requireRead($0.rank == 1 ? $1.dropLast() : $1) }
    #expect(
      missing.allSatisfy { $0?.contains("69.png: rank 1 does not see it as rank 0 does") == true },
      "\(missing)")
  }

  @Test func `a rank is named where the system keeps it from an image`() async {
    let path = folder / "0/0.png"
    let causes = await ThreadCommunicator.run(2) { ranks in
      let group = ProcessGroup(ranks)
      let refused = PNGError.system(FileError(path, "could not be opened", Errno.permissionDenied))
      return [group.cause(of: refused), group.cause(of: PNGError.empty(path))]
    }
    #expect(
      causes[0] == [
        "\(path): could not be opened: Permission denied", "\(path): not a PNG: the file is empty",
      ])
    #expect(causes[1][0] == causes[0][0] + " (rank 1)" && causes[1][1] == causes[0][1])
  }
}
