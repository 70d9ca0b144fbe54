import ArgumentParser
import Stipple

StandardDescriptors.occupy()
Interrupts.ignoreSizeLimit()
MemoryReserve.prepare()
MainThread.run {
  var hasBegun = false
  do {
    let arguments = NegativeNumbers.joined(
      CommandHelp.spelled(Array(CommandLine.arguments.dropFirst())))
    try DecimalNumbers.check(arguments)
    try DashedFiles.check(arguments)
    var command = try StippleCommand.parseAsRoot(arguments)
    try Machine.checkEnvironment()
    // Loops outside of programs go by it too.
    _ = Machine.threads
    if StippleCommand.doesWork(command), !(command is any SharingCommand) {
      try ProcessesOption.requireOne()
    }
    hasBegun = true
    try command.run()
  } catch {
    if !hasBegun, StippleCommand.exitCode(for: error) != .success { ProcessesOption.letFirstTell() }
    Ending.exit(with: error)
  }
}
