import ArgumentParser
import Stipple

StandardDescriptors.occupy()
MemoryReserve.prepare()
MainThread.run {
  do {
    let arguments = NegativeNumbers.joined(
      CommandHelp.spelled(Array(CommandLine.arguments.dropFirst())))
    try DecimalNumbers.check(arguments)
    var command = try StippleCommand.parseAsRoot(arguments)
    try Machine.checkEnvironment()
    // Loops outside of programs go by it too.
    _ = Machine.threads
    if !(command is any SharingCommand) { try ProcessesOption.requireOne() }
    try command.run()
  } catch {
    Ending.exit(with: error)
  }
}
