import ArgumentParser

StandardDescriptors.occupy()
WaitPolicy.apply()
MainThread.run {
  do {
    var command = try StippleCommand.parseAsRoot()
    try command.run()
  } catch {
    Ending.exit(with: error)
  }
}
