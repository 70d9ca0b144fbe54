internal import Checkpoints
internal import Distributed
internal import Images
internal import Sampling
internal import SystemPackage

/// One process's part of a denoising job: it takes images from the others' hands until there are none.
struct DenoisingWork {
  private let job: DenoisingJob
  private let files: [ImageFile]
  private let items: JobItems<ItemResult>
  private let denoiser: Denoiser
  private let writers = PNGWriters()
  private var reader: DenoisingGroups
  private var prepared: Set<FilePath> = []
  private var notes = PictureNotes()

  init(
    _ job: DenoisingJob, _ files: [ImageFile], _ items: JobItems<ItemResult>, _ denoiser: Denoiser
  ) {
    (self.job, self.files, self.items, self.denoiser) = (job, files, items, denoiser)
    reader = DenoisingGroups(job, files, items.queue, for: denoiser)
  }

  mutating func run(among processes: Int) throws {
    for file in files { writers.removeLeft(beside: job.path(of: file)) }
    // Images are read, and their noise estimated, while others are computed; with several processes few,
    // so that the last ones are shared well.
    let groups = processes > 1 ? 1 : 2
    let ahead =
      denoiser.imagesAtOnce > 1 ? ReadAhead(groups, making: reader) { try $0.next() } : nil
    do {
      while !items.isStopped, let group = try ahead.map({ try $0.next() }) ?? reader.next() {
        try write(inputs(of: group))
      }
    } catch is CancellationError {
      // What is done is kept.
    }
    try writers.finish()
  }

  /// The images of a group that are to be denoised, when all else is done.
  private mutating func inputs(
    of group: [(number: Int, item: DenoisingGroups.Item)]
  ) throws -> [DenoisingInput] {
    var inputs: [DenoisingInput] = []
    for (number, item) in group {
      var item = item
      if case .large = item {
        try writers.finish()
        item = try reader.item(number, ahead: false)
      }
      switch item {
      case .large: break
      case .failed(let error): leaveOut(number, error)
      case .skipped(let image):
        if let image { try job.writeNoisy(image, files[number], writers) }
        let noise = try job.estimate(ofResult: job.path(of: files[number]))
        items.finish(number, ItemResult(.skipped, noise: noise))
      case .copy:
        try prepareFolder(files[number])
        try job.copy(files[number], replacing: false)
        items.finish(number, ItemResult(.copied))
      case .image(let input):
        notes.say(input.image.source.notes, items.note)
        try job.writeNoisy(input.image, input.file, writers)
        inputs.append(input)
      }
    }
    return inputs
  }

  private mutating func write(_ inputs: [DenoisingInput]) throws {
    for (input, result) in try job.denoised(inputs, by: denoiser, in: items) {
      let isAnimation = input.image.source.isAnimation
      switch result {
      case .failure(let error) where job.isStrict: throw error
      case .failure(let error): leaveOut(input.number, error, isAnimation: isAnimation)
      case .success(let result):
        try prepareFolder(input.file)
        let isKept = job.copiesClean && result.noise.isClean
        let isCopied = isKept && job.copiesBytes
        if isCopied {
          try job.copy(input.file, replacing: input.replaces)
        } else {
          let estimate = job.sigma == nil ? result.noise.sigma : nil
          try writers.write(
            isKept ? input.image.image : result.picture,
            estimate.map { input.provenance.adding(DenoisingJob.estimateName, "\($0)") }
              ?? input.provenance,
            to: job.path(of: input.file),
            over: job.overwrites || input.replaces ? .replaced : .keptIfSame)
        }
        items.finish(
          input.number,
          ItemResult(
            isCopied ? .copied : .written, isAnimation: isAnimation, noise: result.noise))
      }
    }
  }

  private mutating func prepareFolder(_ file: ImageFile) throws {
    let folder = file.outputPath.removingLastComponent()
    if prepared.insert(folder).inserted { try job.results.makeFolder(for: file) }
  }

  private func leaveOut(_ number: Int, _ error: any Error, isAnimation: Bool = false) {
    items.finish(number, ItemResult(.failed(items.leaveOut(error)), isAnimation: isAnimation))
  }
}
