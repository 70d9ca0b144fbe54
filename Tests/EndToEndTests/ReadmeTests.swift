import Foundation
import SystemPackage
import TestSupport
import Testing

/// What the README says, held against what there is.
@Suite struct ReadmeTests {
  private let root = FilePath(#filePath).removingLastComponent().removingLastComponent()
    .removingLastComponent()

  private func text(_ name: String) throws -> String {
    String(decoding: try contents(root.appending(name)), as: UTF8.self)
  }

  @Test func `the library's example is the one that is compiled here`() throws {
    let example = try text("Tests/EndToEndTests/ReadmeExample.swift")
    #expect(try text("README.md").contains("```swift\n\(example)```"))
  }

  @Test func `the library's example trains and draws`() throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(16, to: folder / "pictures")
    try learn(from: folder / "pictures", in: folder.path, steps: 1)
    #expect(try names(in: folder / "new").count == 16)
  }

  @Test func `every command that it shows has the options that it shows`() async throws {
    var seen: Set<String> = []
    for line in try text("README.md").matches(of: /stipple ([a-z]+)([^`\n]*)/) {
      let command = String(line.1)
      let options = line.2.split(separator: " ").filter { $0.hasPrefix("-") }
      guard !options.isEmpty || seen.contains(command) else { continue }
      seen.insert(command)
      let help = try await ProgramRun([command, "--help"])
      #expect(help.status == 0, "\(line.0)")
      for option in options where option != "--help" {
        #expect(help.output.contains("\(option)"), "\(line.0): \(option)")
      }
    }
    #expect(seen.isSuperset(of: ["train", "generate", "denoise", "noise", "export", "import"]))
  }

  @Test func `it is short, and every file that it links to is there`() throws {
    let readme = try text("README.md")
    #expect(readme.split(separator: "\n", omittingEmptySubsequences: false).count <= 201)
    for link in readme.matches(of: /\]\(([^)#]+)\)/).map({ String($0.1) })
    where !link.contains("://") {
      #expect(FileManager.default.fileExists(atPath: root.appending(link).string), "\(link)")
    }
  }
}
