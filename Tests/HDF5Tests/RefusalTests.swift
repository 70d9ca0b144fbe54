import CHDF5
import Files
import Glibc
import HDF5
import SystemPackage
import TestSupport
import Testing

/// What a reader says to files that it does not take, word for word.
@Suite struct RefusalTests {
  private let folder: TemporaryFolder
  private let path: FilePath

  init() throws {
    folder = try TemporaryFolder()
    path = folder / "a.h5"
  }

  /// The text of the error that `body` throws, with the folder cut off.
  private func refusal(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "nothing"
    } catch {
      return "\(error)".replacing("\(folder.path)/", with: "")
    }
  }

  /// Makes a file with the C library itself.
  private func makeFile(_ build: (hid_t) -> Void) {
    Library.enter()
    defer { Library.leave() }
    let file = H5Fcreate(path.string, st_h5_truncate(), 0, 0)
    build(file)
    #expect(H5Fclose(file) >= 0)
  }

  /// Adds a dataset of `count` bytes whose creation properties `prepare` sets.
  private func makeBytes(
    _ file: hid_t, _ name: String, count: hsize_t, _ prepare: (hid_t) -> Void
  ) {
    let creation = H5Pcreate(st_h5_dataset_creation())
    prepare(creation)
    let space = H5Screate_simple(1, [count], nil)
    let dataset = H5Dcreate2(file, name, st_h5_uint8(), space, 0, creation, 0)
    #expect(dataset >= 0)
    H5Dclose(dataset)
    H5Sclose(space)
    H5Pclose(creation)
  }

  @Test func `a missing file`() {
    #expect(
      refusal { _ = try File.open(path) }
        == "a.h5: could not be opened: No such file or directory")
  }

  @Test func `a folder`() {
    #expect(
      refusal { _ = try File.open(folder.path) }
        == "\(folder.path): could not be opened: Is a directory")
  }

  @Test func `a pipe and a device, without waiting`() {
    let pipe = folder / "pipe"
    #expect(pipe.withPlatformString { mkfifo($0, 0o600) } == 0)
    for path in [pipe, "/dev/zero"] {
      #expect(
        refusal { _ = try File.open(path) }.hasSuffix(
          ": could not be opened: it is not a regular file"))
    }
  }

  @Test(arguments: ["", "P", "\u{89}PNG and so on", String(repeating: "text ", count: 1000)])
  func `another format`(_ content: String) throws {
    try AtomicFile.write(content.utf8, to: path)
    #expect(refusal { _ = try File.open(path) } == "a.h5: is not an HDF5 file")
  }

  @Test func `a file that cannot be made`() {
    #expect(
      refusal { _ = try File.create(folder / "none/a.h5") }
        == "none/a.h5: could not be written: No such file or directory")
  }

  @Test func `missing members and attributes`() throws {
    let file = try File.create(path)
    try file.root.createGroup("g").write("x", [1])
    try file.publish()
    let root = try File.open(path).root
    #expect(refusal { _ = try root.dataset("g/y") } == "a.h5: has no dataset g/y")
    #expect(refusal { _ = try root.group("h") } == "a.h5: has no group h")
    #expect(refusal { _ = try root.group("../g") } == "a.h5: has no group ../g")
    #expect(refusal { _ = try root.group("g/x") } == "a.h5: g/x is not a group")
    #expect(refusal { _ = try root.dataset("g") } == "a.h5: g is not a dataset")
    #expect(refusal { _ = try root.attribute("step") } == "a.h5: has no attribute step")
    #expect(
      refusal { _ = try root.group("g").attribute("step") } == "a.h5: has no attribute step of g")
  }

  @Test func `another type or shape`() throws {
    let file = try File.create(path)
    try file.root.write("x", [1, 2])
    try file.root.write("y", [0.5], shape: [1, 1])
    try file.root.setAttribute("step", "many")
    try file.root.setAttribute("rates", [0.5, 0.25])
    try file.publish()
    let root = try File.open(path).root
    #expect(
      refusal { _ = try root.dataset("x").read(Float.self) }
        == "a.h5: dataset x holds 64-bit integers, expected floating-point numbers")
    #expect(
      refusal { _ = try root.dataset("y").read(Int.self) }
        == "a.h5: dataset y holds 64-bit floating-point numbers, expected integers")
    #expect(
      refusal { _ = try root.dataset("x").texts() }
        == "a.h5: dataset x holds 64-bit integers, expected text")
    #expect(
      refusal { _ = try root.dataset("y").read(Double.self, expecting: [2, 1]) }
        == "a.h5: dataset y has shape 1 x 1, expected 2 x 1")
    #expect(
      refusal { _ = try root.attribute("step").integer() }
        == "a.h5: attribute step holds text, expected integers")
    #expect(
      refusal { _ = try root.attribute("rates").double() }
        == "a.h5: attribute rates has shape 2, expected ()")
  }

  @Test func `soft and external links`() {
    makeFile { file in
      makeBytes(file, "x", count: 1) { _ in }
      H5Lcreate_soft("/x", file, "soft", 0, 0)
      H5Lcreate_external("/etc/passwd", "/x", file, "outside", 0, 0)
    }
    #expect(
      refusal { _ = try File.open(path).root.dataset("soft") }
        == "a.h5: soft is a soft link, which is not followed")
    #expect(
      refusal { _ = try File.open(path).root.group("outside/g") }
        == "a.h5: outside is an external link, which is not followed")
    #expect(
      refusal { _ = try File.open(path).root.allDatasets() }
        == "a.h5: outside is an external link, which is not followed")
  }

  @Test func `groups that hold themselves or have two names`() {
    makeFile { file in
      let group = H5Gcreate2(file, "g", 0, 0, 0)
      H5Lcreate_hard(file, "/", group, "up", 0, 0)
      H5Gclose(group)
    }
    #expect(
      refusal { _ = try File.open(path).root.allDatasets() }
        == "a.h5: group g/up has two names or holds itself, and is not followed")
    makeFile { file in
      H5Gclose(H5Gcreate2(file, "g", 0, 0, 0))
      H5Lcreate_hard(file, "g", file, "h", 0, 0)
    }
    #expect(
      refusal { _ = try File.open(path).root.allDatasets() }
        == "a.h5: group h has two names or holds itself, and is not followed")
  }

  @Test func `groups within groups without end`() {
    makeFile { file in
      var group = H5Gcreate2(file, "g", 0, 0, 0)
      for _ in 0..<2000 {
        let inner = H5Gcreate2(group, "g", 0, 0, 0)
        H5Gclose(group)
        group = inner
      }
      H5Gclose(group)
    }
    let text = refusal { _ = try File.open(path).root.allDatasets() }
    #expect(text.hasSuffix("could not be listed: it lies more than 64 groups deep"))
  }

  @Test func `data in other files`() {
    makeFile { file in
      makeBytes(file, "raw", count: 8) { H5Pset_external($0, "/etc/passwd", 0, 8) }
      makeBytes(file, "view", count: 8) { creation in
        let space = H5Screate_simple(1, [8], nil)
        H5Pset_virtual(creation, space, "/etc/passwd", "x", space)
        H5Sclose(space)
      }
    }
    #expect(
      refusal { _ = try File.open(path).root.dataset("raw") }
        == "a.h5: dataset raw is external: its data lie in other files, which are not read")
    #expect(
      refusal { _ = try File.open(path).root.dataset("view") }
        == "a.h5: dataset view is virtual: its data lie in other files, which are not read")
  }

  @Test func `another filter`() {
    makeFile { file in
      makeBytes(file, "x", count: 8) {
        H5Pset_chunk($0, 1, [8])
        H5Pset_nbit($0)
      }
    }
    #expect(
      refusal { _ = try File.open(path).root.dataset("x") }
        == "a.h5: dataset x is packed with filter 5; only deflate, shuffle and Fletcher32 are read")
  }

  @Test func `shapes without the bytes to fill them`() {
    makeFile { file in
      makeBytes(file, "whole", count: 1 << 46) { H5Pset_alloc_time($0, H5D_ALLOC_TIME_LATE) }
      makeBytes(file, "chunks", count: 1000) { H5Pset_chunk($0, 1, [10]) }
      makeBytes(file, "packed", count: 1 << 40) {
        H5Pset_chunk($0, 1, [1000])
        H5Pset_deflate($0, 9)
      }
    }
    #expect(
      refusal { _ = try File.open(path).root.dataset("whole") }
        == "a.h5: dataset whole claims shape 70368744177664, which its 0 stored bytes cannot hold; "
        + "the file is damaged or unfinished")
    for name in ["chunks", "packed"] {
      #expect(refusal { _ = try File.open(path).root.dataset(name) }.contains("claims shape"))
    }
  }

  @Test func `variable texts and packed numbers of other programs are read`() throws {
    makeFile { file in
      let type = H5Tcopy(st_h5_text())
      H5Tset_size(type, st_h5_variable_size())
      let space = H5Screate_simple(1, [2], nil)
      let attribute = H5Acreate2(file, "names", type, space, 0, 0)
      "one".withCString { one in
        "zwei".withCString { two in
          _ = H5Awrite(attribute, type, [one, two])
        }
      }
      H5Aclose(attribute)
      let creation = H5Pcreate(st_h5_dataset_creation())
      H5Pset_chunk(creation, 1, [2])
      H5Pset_shuffle(creation)
      H5Pset_deflate(creation, 4)
      let dataset = H5Dcreate2(file, "x", st_h5_int32(), space, 0, creation, 0)
      H5Dwrite(dataset, st_h5_native_int64(), 0, 0, 0, [Int64(-5), 7])
      H5Dclose(dataset)
      H5Pclose(creation)
      H5Sclose(space)
      H5Tclose(type)
    }
    let root = try File.open(path).root
    #expect(try root.attribute("names").texts() == ["one", "zwei"])
    #expect(try root.dataset("x").read(Int.self) == [-5, 7])
    #expect(try !root.dataset("x").isChecksummed)
    try root.dataset("x").verify()
  }
}
