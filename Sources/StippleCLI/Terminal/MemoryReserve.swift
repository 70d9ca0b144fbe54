import ArgumentParser
import CMemory

/// Address space that is set aside at the start, and given back when the system has no more memory: the
/// work in hand is finished and saved with it, and the program ends as after an interrupt, with status 1.
enum MemoryReserve {
  /// Sets the reserve aside.
  static func prepare() { st_memory_reserve() }

  /// Whether the reserve was given back.
  static var isUsedUp: Bool { st_memory_is_short() }

  /// Ends the command.
  static func end() throws {
    Console.note(
      "Error: out of memory: the work was ended early, and everything finished is saved. Use a "
        + "smaller batch, image size or network, or end other programs; then run the same command "
        + "again.")
    throw ExitCode(1)
  }
}
