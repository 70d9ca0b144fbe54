import ArgumentParser
import Compute

StandardDescriptors.occupy()
MemoryReserve.prepare()
MainThread.run {
  // Loops outside of programs go by it too.
  _ = Program.threads
  do {
    var command = try StippleCommand.parseAsRoot(
      NegativeNumbers.joined(Array(CommandLine.arguments.dropFirst())))
    try command.run()
  } catch {
    Ending.exit(with: error)
  }
}
