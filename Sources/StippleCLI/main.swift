import ArgumentParser

WaitPolicy.apply()
StippleCommand.main()
