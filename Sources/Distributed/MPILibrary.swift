internal import Host

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// An MPI library, loaded at run time: its functions and the constants to call them with.
final class MPILibrary: Sendable {
  typealias Bytes = UnsafeMutableRawPointer?
  typealias Number = UnsafeMutablePointer<Int32>
  typealias Initialize =
    @convention(c) (Number?, Bytes, Int32, Number) -> Int32
  typealias Finish = @convention(c) () -> Int32
  typealias Ask = @convention(c) (Int, Number) -> Int32
  typealias Describe = @convention(c) (UnsafeMutablePointer<CChar>, Number) -> Int32
  typealias Broadcast = @convention(c) (Bytes, Int32, Int, Int32, Int) -> Int32
  typealias Reduce = @convention(c) (Bytes, Bytes, Int32, Int, Int, Int) -> Int32
  /// Handles past the sixth argument lie on the stack, in eight bytes each.
  typealias StartExchange =
    @convention(c) (
      Bytes, Number, Number, Int, Bytes, Number, Number, Int, Int, UnsafeMutablePointer<Int>
    ) -> Int32
  typealias StartGather =
    @convention(c) (
      Bytes, Int32, Int, Bytes, Number, Number, Int, Int, UnsafeMutablePointer<Int>
    ) -> Int32
  typealias StartBarrier = @convention(c) (Int, UnsafeMutablePointer<Int>) -> Int32
  typealias Test = @convention(c) (UnsafeMutablePointer<Int>, Number, Bytes) -> Int32
  typealias Barrier = @convention(c) (Int) -> Int32
  typealias Send = @convention(c) (Bytes, Int32, Int, Int32, Int32, Int) -> Int32
  typealias Receive = @convention(c) (Bytes, Int32, Int, Int32, Int32, Int, Bytes) -> Int32
  typealias Probe = @convention(c) (Int32, Int32, Int, Number, Bytes) -> Int32
  typealias Abort = @convention(c) (Int, Int32) -> Int32

  /// The file that was loaded.
  let name: String
  let interface: MPIInterface
  let initialize: Initialize
  let finish: Finish
  let rank, size: Ask
  let describe: Describe
  let broadcast: Broadcast
  let reduce: Reduce
  /// `MPI_Ialltoallv`.
  let startExchange: StartExchange
  /// `MPI_Iallgatherv`.
  let startGather: StartGather
  let startBarrier: StartBarrier
  let test: Test
  let barrier: Barrier
  let send: Send
  let receive: Receive
  let probe: Probe
  let abort: Abort

  /// Loads the first library of some names that is there.
  ///
  /// - Throws: `DistributedError.noLibrary` where none is, `.unusable` where one lacks a function.
  init(firstOf names: [String], startedBy launcher: Launcher) throws(DistributedError) {
    var found: (name: String, handle: UnsafeMutableRawPointer)?
    for name in names {
      // Global, since Open MPI's plug-ins look for its names.
      if let handle = dlopen(name, RTLD_NOW | RTLD_GLOBAL) {
        found = (name, handle)
        break
      }
    }
    guard let (name, handle) = found else {
      throw .noLibrary(launcher.interface, tried: names)
    }
    func symbol(_ symbol: String) throws(DistributedError) -> UnsafeMutableRawPointer {
      guard let address = dlsym(handle, symbol) else { throw .unusable(name, lacks: symbol) }
      return address
    }
    self.name = name
    // The standard's library may have Open MPI's names too, so its own name decides.
    if name.contains("mpi_abi") {
      interface = .standard
    } else if dlsym(handle, "ompi_mpi_comm_world") != nil {
      interface = try .openMPI { (name: String) throws(DistributedError) in
        Int(bitPattern: try symbol(name))
      }
    } else {
      interface = .mpich
    }
    // The types are those of the functions in mpi.h, with `Int` for handles (see `MPIInterface`).
    initialize = unsafeBitCast(try symbol("MPI_Init_thread"), to: Initialize.self)
    finish = unsafeBitCast(try symbol("MPI_Finalize"), to: Finish.self)
    rank = unsafeBitCast(try symbol("MPI_Comm_rank"), to: Ask.self)
    size = unsafeBitCast(try symbol("MPI_Comm_size"), to: Ask.self)
    describe = unsafeBitCast(try symbol("MPI_Get_library_version"), to: Describe.self)
    broadcast = unsafeBitCast(try symbol("MPI_Bcast"), to: Broadcast.self)
    reduce = unsafeBitCast(try symbol("MPI_Allreduce"), to: Reduce.self)
    startExchange = unsafeBitCast(try symbol("MPI_Ialltoallv"), to: StartExchange.self)
    startGather = unsafeBitCast(try symbol("MPI_Iallgatherv"), to: StartGather.self)
    startBarrier = unsafeBitCast(try symbol("MPI_Ibarrier"), to: StartBarrier.self)
    test = unsafeBitCast(try symbol("MPI_Test"), to: Test.self)
    barrier = unsafeBitCast(try symbol("MPI_Barrier"), to: Barrier.self)
    send = unsafeBitCast(try symbol("MPI_Send"), to: Send.self)
    receive = unsafeBitCast(try symbol("MPI_Recv"), to: Receive.self)
    probe = unsafeBitCast(try symbol("MPI_Iprobe"), to: Probe.self)
    abort = unsafeBitCast(try symbol("MPI_Abort"), to: Abort.self)
  }

  /// The libraries that go with a launcher, the likeliest first: names as they are installed by Open MPI 4
  /// and 5, by MPICH and its kin (on Debian by another name), and by what has the standard's interface.
  static func names(for interface: Launcher.Interface) -> [String] {
    let openMPI = ["libmpi.so.40"]
    let mpich = ["libmpi.so.12", "libmpich.so.12"]
    let standard = ["libmpi_abi.so.1"]
    return switch interface {
    case .openMPI: openMPI + standard
    case .pmi: mpich + standard
    case .pmix, .none: openMPI + standard + mpich
    }
  }
}

extension MPILibrary {
  /// What a library calls itself: "Open MPI 4.1.4".
  static func version(_ describe: Describe) -> String {
    // `MPI_MAX_LIBRARY_VERSION_STRING` is 256 to 8192.
    var text = [CChar](repeating: 0, count: 8192)
    var count: Int32 = 0
    _ = describe(&text, &count)
    let bytes = text.prefix(max(0, Int(count))).map { UInt8(bitPattern: $0) }
      .prefix { ![0, 10, 44].contains($0) }
    // "Open MPI v4.1.4, package: …", "MPICH Version:      4.0.2"
    return String(decoding: bytes, as: UTF8.self).split { " \t".contains($0) }
      .filter { $0 != "Version:" }
      .map { $0.first == "v" && $0.dropFirst().first?.isNumber == true ? $0.dropFirst() : $0 }
      .joined(separator: " ")
  }

  /// The libraries that are installed, as they call themselves, with their files' names: "Open MPI 4.1.4
  /// (libmpi.so.40)".
  ///
  /// - Parameter path: of another than the usual ones, which is the only one then.
  static func installed(_ path: String?) -> [String] {
    let names = path.map { [$0] } ?? (names(for: .openMPI) + names(for: .pmi))
    var seen: Set<String> = []
    return names.filter { seen.insert($0).inserted }.compactMap { name in
      // A library may be asked what it is before it is initialized (MPI 4.0, section 11.4.1).
      guard let handle = dlopen(name, RTLD_LAZY | RTLD_LOCAL),
        let describe = dlsym(handle, "MPI_Get_library_version")
      else { return nil }
      return "\(version(unsafeBitCast(describe, to: Describe.self))) (\(name))"
    }
  }
}
