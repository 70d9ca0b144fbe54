import ArgumentParser
import Stipple

StandardDescriptors.occupy()
MemoryReserve.prepare()
MainThread.run {
  do {
    var command = try StippleCommand.parseAsRoot(
      NegativeNumbers.joined(CommandHelp.spelled(Array(CommandLine.arguments.dropFirst()))))
    try Machine.checkEnvironment()
    // Loops outside of programs go by it too.
    _ = Machine.threads
    if !(command is any SharingCommand) { try ProcessesOption.requireOne() }
    try command.run()
  } catch {
    Ending.exit(with: error)
  }
}
