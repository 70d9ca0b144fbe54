/// The constants of a family of MPI libraries, which share a binary interface.
///
/// A handle is an int in MPICH's family, a pointer in Open MPI's, and the size of a pointer in the
/// standard's. All are passed in a register, of which an int is the low half, so that `Int` serves for
/// each (System V ABI for x86-64, section 3.2.3; AAPCS64, section 6.8.2).
struct MPIInterface {
  let world, byte, float, double, sum: Int
  /// `MPI_IN_PLACE`, an address.
  let inPlace: Int
  /// `MPI_STATUS_IGNORE`, an address.
  let statusIgnore: Int
  /// `MPI_THREAD_SERIALIZED`.
  let serialized: Int32

  /// Open MPI 4 and 5 (mpi.h of 4.1.4): handles are addresses of objects in the library.
  ///
  /// - Parameter address: of a name in the library.
  static func openMPI<Failure: Error>(
    _ address: (String) throws(Failure) -> Int
  ) throws(Failure) -> MPIInterface {
    MPIInterface(
      world: try address("ompi_mpi_comm_world"), byte: try address("ompi_mpi_byte"),
      float: try address("ompi_mpi_float"), double: try address("ompi_mpi_double"),
      sum: try address("ompi_mpi_op_sum"), inPlace: 1, statusIgnore: 0, serialized: 2)
  }

  /// MPICH, Intel MPI, MVAPICH and Cray (mpi.h of MPICH 4.0.2; they have agreed on it in the MPICH ABI
  /// Compatibility Initiative).
  static let mpich = MPIInterface(
    world: 0x4400_0000, byte: 0x4c00_010d, float: 0x4c00_040a, double: 0x4c00_080b,
    sum: 0x5800_0003, inPlace: -1, statusIgnore: 1, serialized: 2)

  /// The standard's (MPI 5.0, chapter 20; mpi_abi.h of MPICH 5.0.2).
  static let standard = MPIInterface(
    world: 0x101, byte: 0x247, float: 0x210, double: 0x214, sum: 0x21, inPlace: 1,
    statusIgnore: 0, serialized: 2048)
}
