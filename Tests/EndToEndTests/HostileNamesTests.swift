import Foundation
import SystemPackage
import TestSupport
import Testing

/// Names and kinds of files that a folder of images should not have, and sometimes has.
@Suite struct HostileNamesTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try TestImages.write("x.png", width: 16, height: 16, to: folder / "elsewhere")
  }

  /// Bytes of file names, which need not be text.
  private static let strange: [[UInt8]] = [
    Array("with  blanks .png".utf8), Array("new\nline\r.png".utf8), Array("-o.png".utf8),
    Array("--strict.PNG".utf8), [0xff, 0xfe, 0xc0, 0xaf] + Array(".png".utf8),
    Array("%s%n$(touch a);`b`'\"\\.png".utf8),
    Array("..png".utf8).map { $0 == 46 ? 95 : $0 } + Array(".png".utf8),
    [UInt8](repeating: 0x61, count: 251) + Array(".png".utf8),
  ]

  /// A folder `in` with an image under every strange name, and with what is no image.
  private func makeInputs() throws -> FilePath {
    let inputs = folder / "in"
    try TestImages.write("1.png", width: 16, height: 16, to: inputs.appending("album.png"))
    let image = try contents(inputs.appending("album.png").appending("1.png"))
    for name in Self.strange {
      let path = inputs.appending(try component(name))
      let file = try FileDescriptor.open(
        path, .writeOnly, options: [.create, .exclusiveCreate], permissions: .ownerReadWrite)
      try file.closeAfter { _ = try file.writeAll(image) }
    }
    try link("in/album.png/cycle", to: "..")
    try link("in/self", to: ".")
    try link("in/outside", to: "../elsewhere")
    try link("in/gone.png", to: "nowhere")
    try link("in/device.png", to: "/dev/zero")
    #expect(mkfifo(inputs.appending("pipe.png").string, 0o600) == 0)
    return inputs
  }

  private func component(_ name: [UInt8]) throws -> FilePath.Component {
    let characters = name.map { CChar(bitPattern: $0) } + [0]
    return try characters.withUnsafeBufferPointer { buffer in
      try #require(buffer.baseAddress.flatMap { FilePath.Component(platformString: $0) })
    }
  }

  private func link(_ name: String, to target: String) throws {
    #expect(symlink(target, folder.path.appending(FilePath(name).components).string) == 0)
  }

  /// Every path below a folder, links not followed, with the time of its last change.
  private func snapshot(of folder: FilePath, except excluded: FilePath) throws -> [String] {
    var lines: [String] = []
    func list(_ path: FilePath) throws {
      if path == excluded { return }
      var status = stat()
      #expect(path.withPlatformString { lstat($0, &status) } == 0)
      let isFolder = status.st_mode & S_IFMT == S_IFDIR
      // A folder changes when the excluded one is made in it.
      let time = isFolder ? 0 : status.st_mtim.tv_nsec
      lines.append(
        "\(path.debugDescription) \(status.st_mode) \(status.st_size * (isFolder ? 0 : 1)) \(time)")
      guard isFolder, let stream = path.withPlatformString({ opendir($0) }) else { return }
      defer { closedir(stream) }
      while let entry = readdir(stream) {
        let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
        if name == [46] || name == [46, 46] { continue }
        try list(path.appending(try component(name)))
      }
    }
    try list(folder)
    return lines.sorted()
  }

  private struct Outcome: Decodable {
    struct Images: Decodable {
      let written, skipped, failed: Int
    }

    let images: Images
    let failures: [String]
  }

  @Test func `are denoised, or left out with their cause, and nothing else is touched`()
    async throws
  {
    let inputs = try makeInputs()
    let output = inputs.appending("out")
    let model = try await TrainedRun.shared.path.string
    let before = try snapshot(of: folder.path, except: output)
    let images = Self.strange.count + 2

    let command = ["denoise", "--model", model, "in", "-o", "in/out", "--sigma", "25", "--json"]
    let run = try await ProgramRun(command, in: folder.path, limit: .seconds(120))
    let outcome = try decode(Outcome.self, run)
    #expect(run.status == 3, "\(run)")
    #expect(outcome.images.written == images, "\(run)")
    #expect(
      outcome.failures.sorted() == [
        "in/device.png: not read: it is a device, not a file",
        "in/gone.png: could not be opened: No such file or directory",
        "in/pipe.png: not read: it is a pipe, not a file",
      ])
    #expect(try snapshot(of: folder.path, except: output) == before)
    for name in Self.strange {
      let path = output.appending(try component(name))
      #expect(path.withPlatformString { access($0, R_OK) } == 0, "\(path) is missing")
    }
    #expect(try names(in: output.appending("outside")) == ["x.png"])
    #expect(try names(in: output.appending("album.png")) == ["1.png"])

    // The output folder is in the input folder, and is not taken for input.
    let again = try decode(Outcome.self, try await ProgramRun(command, in: folder.path))
    #expect(again.images.written == 0 && again.images.skipped == images && again.images.failed == 3)
  }

  @Test func `are trained on, from within the folder of the run`() async throws {
    _ = try makeInputs()
    let command = TrainedRun.train("in", "in/run", steps: 2) + ["--sample-every", "2"]
    let run = try await ProgramRun(command, in: folder.path, limit: .seconds(120))
    #expect(run.status == 3, "\(run)")
    for name in ["device.png", "gone.png", "pipe.png"] {
      #expect(run.errors.contains("in/\(name): "), "\(run)")
    }
    let again = try await ProgramRun(command, in: folder.path, limit: .seconds(120))
    #expect(again.errors.contains("already ended"), "\(again)")
  }

  @Test func `with a leading dash are given after two dashes`() async throws {
    let inputs = try makeInputs()
    let model = try await TrainedRun.shared.path.string
    let run = try await ProgramRun(
      [
        "denoise", "--model", model, "-o", "../out", "--sigma", "25", "--", "-o.png",
        "--strict.PNG",
      ],
      in: inputs)
    #expect(run.status == 0, "\(run)")
    #expect(try names(in: folder / "out") == ["--strict.PNG", "-o.png"])
  }

  @Test func `too long for the output's name are left out`() async throws {
    let long = String(repeating: "b", count: 253)
    try TestImages.write("1.png", width: 16, height: 16, to: folder / "in")
    try FileManager.default.copyItem(
      atPath: (folder / "in/1.png").string, toPath: (folder / "in").appending(long).string)
    let model = try await TrainedRun.shared.path.string
    let run = try await ProgramRun(
      ["denoise", "--model", model, "in", "in/\(long)", "-o", "out", "--sigma", "25"],
      in: folder.path)
    #expect(run.status == 3, "\(run)")
    #expect(
      run.errors.contains("in/\(long): cannot be denoised: its output's name would be too long"))
    #expect(try names(in: folder / "out") == ["1.png"])
  }

  @Test func `no folder of results is made through a link`() async throws {
    try TestImages.write("1.png", width: 16, height: 16, to: folder / "in/sub")
    try TestImages.write("9.png", width: 16, height: 16, to: folder / "out")
    try link("out/sub", to: "../elsewhere")
    let model = try await TrainedRun.shared.path.string
    for command in [
      ["denoise", "--model", model, "in", "-o", "out", "--sigma", "25"],
      ["noise", "in", "-o", "a.h5", "--timesteps", "10", "--png", "out"],
    ] {
      let run = try await ProgramRun(command, in: folder.path)
      #expect(run.status == 1, "\(run)")
      #expect(
        run.lastError
          == "Error: out/sub: the folder could not be made: there is a symbolic link, which may "
          + "lead out of out")
      #expect(try names(in: folder / "elsewhere") == ["x.png"])
    }
  }

  @Test func `a link in a result's place is refused, and its target is left alone`() async throws {
    try TestImages.write("x.png", width: 16, height: 16, to: folder / "in")
    try FileManager.default.createDirectory(
      atPath: (folder / "out").string, withIntermediateDirectories: true)
    try link("out/x.png", to: "../elsewhere/x.png")
    let before = try contents(folder / "elsewhere/x.png")
    let model = try await TrainedRun.shared.path.string
    let run = try await ProgramRun(
      ["denoise", "--model", model, "in", "-o", "out", "--sigma", "25"], in: folder.path)
    #expect(run.status == 1, "\(run)")
    #expect(try contents(folder / "elsewhere/x.png") == before)
  }

  @Test func `with one output, or one in the way of another's, are an error before any work`()
    async throws
  {
    for name in ["a", "b", "c/1.png"] {
      try TestImages.write("1.png", width: 16, height: 16, to: folder.path.appending(name))
    }
    let model = try await TrainedRun.shared.path.string
    for (inputs, sentence) in [
      (
        ["a", "b"],
        "Error: b/1.png: would have the same output as a/1.png: both are 1.png; "
          + "rename one, or give the two their own output folders"
      ),
      (
        ["a", "c"],
        "Error: c/1.png/1.png: needs the output folder 1.png, which is the output of a/1.png; "
          + "rename one, or give the two their own output folders"
      ),
    ] {
      let run = try await ProgramRun(
        ["denoise", "--model", model] + inputs + ["-o", "out", "--sigma", "25"], in: folder.path)
      #expect(run.status == 1, "\(run)")
      #expect(run.lastError == sentence)
      #expect(!FileManager.default.fileExists(atPath: (folder / "out").string))
    }
  }

  @Test(arguments: [
    ["generate", "pipe", "-o", "new"], ["inspect", "pipe"],
    ["denoise", "--model", "pipe", ".", "-o", "new"],
    ["export", "pipe", "-o", "new"],
  ])
  func `a pipe instead of a checkpoint is refused without waiting`(command: [String]) async throws {
    #expect(mkfifo((folder / "pipe").string, 0o600) == 0)
    let run = try await ProgramRun(command, in: folder.path, limit: .seconds(60))
    #expect(run.status == 1, "\(run)")
    #expect(run.lastError.hasPrefix("Error: pipe: could not be opened: "), "\(run)")
  }
}
