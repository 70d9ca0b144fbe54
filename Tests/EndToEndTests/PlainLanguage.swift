/// Words that texts for people do not have.
enum PlainLanguage {
  static let avoided = [
    // Riddles, and the field's terms for them.
    "random follows from", "follows from", "told a class", "is told", "images of no class",
    "guide to", "kept to measure", "Batches a step", "the rate rises", "the rate runs",
    "largest norm", "average stays", "Where min-snr", "Noise on the noise", "steps lie among",
    "asks the network", "What is left of", "one image that fits", "draw images", "drawn", "anew",
    "Processors", "laid over", "Put an average", "Make a checkpoint", "knows images",
    "what to expect", "says of itself", "Take noise out", "noised tensors", "stored examples",
    "limit of convolutions", "by weights", "the way from", " film", "from nothing", "are there",
    "last step left", "gray levels of", "grey levels", "told apart",
    // British spellings.
    "colour", "grey", "neighbour", "normalis", "initialis", "behaviour", "centre", "optimis",
  ]
}
