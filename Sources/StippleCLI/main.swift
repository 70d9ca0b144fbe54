import ArgumentParser

StandardDescriptors.occupy()
MainThread.run {
  do {
    var command = try StippleCommand.parseAsRoot(
      NegativeNumbers.joined(Array(CommandLine.arguments.dropFirst())))
    try command.run()
  } catch {
    Ending.exit(with: error)
  }
}
