import Files
import Glibc
import Images
import SystemPackage
import TestSupport
import Testing

@Suite struct ImageListingTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  @Test func `folders are searched recursively and in natural order`() throws {
    try make([
      "a10.png", "a2.png", "A3.PNG", "a02.png", "b/1.png", "b 1/x.png", "b/nested/deep/0.Png",
      "a.txt", ".hidden.png", ".git/x.png", "png", "b/notes.md",
    ])
    #expect(
      try names([folder.path]) == [
        "a02.png", "a2.png", "A3.PNG", "a10.png", "b/1.png", "b/nested/deep/0.Png", "b 1/x.png",
      ])
  }

  @Test func `inputs keep their order, and an image that is found twice counts once`() throws {
    try make(["z/2.png", "z/1.png", "a/1.png"])
    let inputs = [folder / "z", folder / "a", folder / "z/1.png"]
    let found = try ImageListing.images(in: inputs).files
    #expect(found.map(\.path) == [folder / "z/1.png", folder / "z/2.png", folder / "a/1.png"])
  }

  @Test func `a file given by itself is taken whatever its name`() throws {
    try make(["scan.dat", ".hidden"])
    let found = try ImageListing.images(in: [folder / "scan.dat", folder / ".hidden"]).files
    #expect(found.map(\.relativePath) == ["scan.dat", ".hidden"])
    #expect(found.map(\.outputPath) == ["scan.dat.png", ".hidden.png"])
  }

  @Test func `symbolic links are followed and cycles end`() throws {
    try make(["real/1.png", "other/2.png"])
    try link("real/loop", to: "..")
    try link("real/self", to: ".")
    try link("also real", to: "real")
    try link("real/elsewhere", to: "../other")
    try link("linked.png", to: "real/1.png")
    try link("nowhere.png", to: "gone")
    #expect(
      try names([folder.path]) == [
        "linked.png", "nowhere.png", "other/2.png", "real/1.png",
      ])
    #expect(
      try names([folder / "real"]) == [
        "1.png", "elsewhere/2.png", "loop/linked.png", "loop/nowhere.png",
      ])
  }

  @Test func `the folder of a training run among images is left out`() throws {
    try make([
      "1.png", "run/config.yaml", "run/examples.png", "run/checkpoints/a.h5", "run/samples/2.png",
      "deep/run 2/config.yaml", "deep/run 2/checkpoints/a.h5", "deep/run 2/b.png",
      "class/config.yaml", "class/3.png",
    ])
    var notes: [String] = []
    let found = try ImageListing.images(in: [folder.path]) { notes.append($0) }
    #expect(found.files.map(\.relativePath) == ["1.png", "class/3.png"])
    let runs = ["run", "deep/run 2"].map { "left out \(folder / $0), the folder of a training run" }
    #expect(Set(notes.suffix(2)) == Set(runs))
    // Given itself it is meant.
    #expect(try names([folder / "run"]) == ["examples.png", "samples/2.png"])
    #expect(throws: ImagesError.onlyRuns(folder / "deep", folder / "deep/run 2")) {
      try ImageListing.images(in: [folder / "deep"])
    }
  }

  @Test func `an output folder is not searched, by whatever path`() throws {
    try make(["1.png", "out/2.png", "in/3.png"])
    try link("in/back", to: "../out")
    #expect(try names([folder.path], output: folder / "in/../out") == ["1.png", "in/3.png"])
    #expect(try names([folder.path], output: folder / "not there yet").count == 3)
    #expect(throws: ImagesError.outputIsInput(folder / "in")) {
      try ImageListing.images(in: [folder / "in"], output: folder / "in/../in")
    }
  }

  @Test func `a folder that is named like an image is a folder`() throws {
    try make(["album.png/1.png"])
    #expect(mkfifo((folder / "pipe.png").string, 0o600) == 0)
    #expect(try names([folder.path]) == ["album.png/1.png", "pipe.png"])
  }

  @Test func `names that are no text are found`() throws {
    let strange: [CChar] = [-1, -2, 10, 45, 46, 112, 110, 103, 0]
    let path = folder.path.appending(try #require(FilePath.Component(platformString: strange)))
    try AtomicFile.write([1], to: path)
    let found = try ImageListing.images(in: [folder.path]).files
    #expect(found.map(\.path) == [path])
    #expect(found[0].outputPath == found[0].relativePath)
  }

  @Test func `inputs without images are errors`() throws {
    try make([
      "texts/a.txt", "texts/b.txt", "my photos/a.jpg", "my photos/b.JPG", "my photos/c.txt",
    ])
    #expect(mkdir((folder / "empty").string, 0o700) == 0)
    let missing = folder / "missing"
    #expect {
      try ImageListing.images(in: [missing])
    } throws: {
      "\($0)" == "\(missing): could not be read: No such file or directory"
    }
    #expect {
      try ImageListing.images(in: [folder / "empty"])
    } throws: {
      "\($0)" == "\(folder / "empty"): no images: the folder is empty"
    }
    #expect {
      try ImageListing.images(in: [folder / "texts"])
    } throws: {
      "\($0)"
        == "\(folder / "texts"): no images: its 2 files are not PNG (2 .txt)"
    }
    #expect {
      try ImageListing.images(in: [folder / "my photos"])
    } throws: {
      "\($0)"
        == "\(folder / "my photos"): no images: its 3 files are not PNG (2 .jpg, 1 .txt); convert them "
        + "first, for example with ImageMagick: magick mogrify -format png '\(folder / "my photos")'/*.jpg"
    }
  }

  @Test func `two inputs with one output are an error`() throws {
    try make(["a/x.png", "b/x.png", "c/y", "c/y.png"])
    let same = try ImageListing.images(in: [folder / "a", folder / "b"]).files
    #expect(
      throws: ImagesError.sameOutput(folder / "a/x.png", folder / "b/x.png", output: "x.png")
    ) {
      try ImageListing.checkOutputs(of: same, in: [])
    }
    let suffix = try ImageListing.images(in: [folder / "c/y", folder / "c"]).files
    #expect(throws: ImagesError.self) { try ImageListing.checkOutputs(of: suffix, in: []) }
    try ImageListing.checkOutputs(
      of: ImageListing.images(in: [folder.path]).files.filter {
        $0.relativePath != "c/y"
      }, in: [])
  }

  private func names(_ inputs: [FilePath], output: FilePath? = nil) throws -> [String] {
    try ImageListing.images(in: inputs, output: output).files.map(\.relativePath.string)
  }

  private func make(_ names: [String]) throws {
    for name in names {
      let path = folder.path.appending(FilePath(name).components)
      var parent = folder.path
      for component in FilePath(name).removingLastComponent().components {
        parent.append(component)
        mkdir(parent.string, 0o700)
      }
      try AtomicFile.write([1], to: path)
    }
  }

  private func link(_ name: String, to target: String) throws {
    #expect(symlink(target, folder.path.appending(FilePath(name).components).string) == 0)
  }
}
