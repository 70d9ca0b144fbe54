import ArgumentParser
import Compute

StandardDescriptors.occupy()
MemoryReserve.prepare()
MainThread.run {
  do {
    var command = try StippleCommand.parseAsRoot(
      NegativeNumbers.joined(Array(CommandLine.arguments.dropFirst())))
    // Loops outside of programs go by it too.
    _ = Program.threads
    try command.run()
  } catch {
    Ending.exit(with: error)
  }
}
