import ArgumentParser

WaitPolicy.apply()
do {
  var command = try StippleCommand.parseAsRoot()
  try command.run()
} catch {
  WrongUsage.exit(with: error)
}
