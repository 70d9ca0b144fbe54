import CFuzzer
import FuzzTargets
import Glibc
import SystemPackage

// Fuzz TARGET --seeds FOLDER    writes inputs to begin with
// Fuzz TARGET …                 runs libFuzzer with the other arguments
//
// The target `hdf5` is `checkpoint` with HDF5's own checksums out of the way.

/// What the callback needs, which is a C function and holds nothing; set once, before it is called.
nonisolated(unsafe) private var target = FuzzTarget.png
nonisolated(unsafe) private var folder = FilePath("/tmp")

private func say(_ text: String) {
  _ = try? FileDescriptor.standardError.writeAll("Fuzz: \(text)\n".utf8)
}

private func fail(_ text: String) -> Never {
  say(text)
  exit(64)
}

let names = FuzzTarget.allCases.map(\.rawValue) + ["hdf5"]
guard CommandLine.arguments.count > 1, names.contains(CommandLine.arguments[1]) else {
  fail("the first argument is one of \(names.joined(separator: ", "))")
}
let name = CommandLine.arguments[1]
if name == "hdf5" { fuzz_ignore_hdf5_checksums() }
target = FuzzTarget(rawValue: name) ?? .checkpoint

var template = Array(
  "\(getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp")/fuzz-XXXXXX".utf8CString)
guard mkdtemp(&template) != nil else { fail("no temporary folder could be made") }
folder = template.withUnsafeBufferPointer { buffer in
  buffer.baseAddress.map { FilePath(platformString: $0) } ?? "/tmp"
}

if CommandLine.arguments.count == 4, CommandLine.arguments[2] == "--seeds" {
  for (index, seed) in try target.seeds(in: folder).enumerated() {
    let file = try FileDescriptor.open(
      FilePath(CommandLine.arguments[3]).appending("seed-\(index)"), .writeOnly,
      options: [.create, .truncate], permissions: .ownerReadWrite)
    try file.closeAfter { _ = try file.writeAll(seed) }
  }
  exit(0)
}

var count = CommandLine.argc - 1
// libFuzzer keeps pointers to its arguments; the first is the program's name.
let arguments = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(
  capacity: Int(count) + 1)
for index in 0..<Int(count) {
  arguments[index] = strdup(CommandLine.arguments[index == 0 ? 0 : index + 1])
}
arguments[Int(count)] = nil
var list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = arguments
exit(
  LLVMFuzzerRunDriver(&count, &list) { data, size in
    let input = Array(UnsafeBufferPointer(start: data, count: size))
    do {
      try target.run(input, in: folder)
    } catch {
      // The scratch files could not be written: nothing has been tested.
      say("\(error)")
      abort()
    }
    return 0
  })
