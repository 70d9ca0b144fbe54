import ArgumentParser
import Stipple
import SystemPackage

/// `stipple inpaint`
struct InpaintCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inpaint",
    abstract: "Draw parts of images anew, so that they suit the rest.",
    discussion: """
      White parts of a mask (from grey level 128 up) are drawn anew, black ones and transparent ones stay \
      as they are, to the bit. A mask has its image's size. Images of another size than the network's are \
      scaled until they cover it, and their middle is kept, with the masks; the outputs have the network's \
      size. They mirror the folders of the inputs; images that are there already are not made again.

      The way is RePaint's (Lugmayr et al. 2022): at every --jump-length steps it goes back up by as many, \
      with noise, until each part of the steps has been gone --resamplings times. That asks the network \
      nearly --steps times --resamplings times for an image: 460 times by default, 2,410 with the paper's \
      --steps 250 --resamplings 10. --dry-run tells how long it takes.
      """)

  @Argument(help: "A checkpoint, or a run folder, whose newest good checkpoint is taken.")
  var checkpoint: FilePath

  @Argument(help: "Images: files, and folders that are searched recursively.")
  var images: [FilePath]

  @Option(help: "A PNG for all images, or a folder with one for each, by the same names.")
  var masks: FilePath

  @Option(name: .shortAndLong, help: "The folder for the results.")
  var output: FilePath

  @Option(name: .customShort("n"), help: "Results of each image: a.png, a-2.png and so on.")
  var number = 1

  @Option(help: "What the noise follows from.")
  var seed: UInt64 = 0

  @Option(help: "Steps from noise to an image, on the way down.")
  var steps = 100

  @Option(help: "Steps that a way back up goes over.")
  var jumpLength = 10

  @Option(
    help: """
      How many times each part of the steps is gone: the more, the better the parts suit each other, \
      and the longer it takes; 1 is no way back up.
      """)
  var resamplings = 5

  @OptionGroup var drawing: DrawingOptions

  @Option(help: "Images computed at once: for speed and memory, the results stay what they are.")
  var batch = 16

  @OptionGroup var pictures: PictureOptions

  @OptionGroup var common: CommonOptions

  func validate() throws {
    for (setting, value) in [
      (NumericSetting.number, number), (.steps, steps), (.jumpLength, jumpLength),
      (.resamplings, resamplings), (.batch, batch),
    ] {
      try check(setting, value)
    }
    try checkFolder(output, of: "results are written")
  }

  func run() throws {
    var gate = OutputGate(
      overwriting: common.overwrite, images: images + [masks], others: [checkpoint])
    gate.add("-o", output, .folder)
    try gate.check()
    let model = try DiffusionModel(checkpoint, weights: common.weights, report: Console.note)
    var settings = try drawing.settings(for: model)
    settings.seed = seed
    settings.sampler = .ddpm
    settings.steps = steps
    settings.resampling = .init(jumpLength: jumpLength, count: resamplings)
    settings.precision = common.precision
    var job = EditingJob(inputs: images, output: output)
    job.masks = masks
    job.pictures = pictures.settings
    job.variations = number
    job.overwrites = common.overwrite
    job.batch = batch
    let generator = try Generator(model, settings, threads: common.threads)
    if let remark = generator.remark { Console.note(remark) }
    try EditingRun(job: job, generator: generator, common: common)()
  }
}
