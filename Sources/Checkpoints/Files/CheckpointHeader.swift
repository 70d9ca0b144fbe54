internal import HDF5

/// What a checkpoint says beside its tensors; attributes of the file's root.
package struct CheckpointHeader: Equatable, Sendable {
  /// The program and its version: `stipple 0.1.0`.
  package var creator: String
  /// When it was written, as in `2026-05-01T12:00:00Z`.
  package var created: String
  /// Network, schedule, data and training as JSON.
  package var config: String
  /// Training steps that the weights have seen.
  package var step: Int
  /// Images that the training has used, each as often as it was used.
  package var imagesSeen: Int
  /// Threads that computed; gradients depend on their number in the last bits.
  package var threads: Int
  /// The processor's name.
  package var cpu: String
  /// oneDNN's version: `2.6.3`.
  package var oneDNNVersion: String
  /// The model's card; nil where it has none.
  package var card: String?

  package init(
    creator: String, created: String, config: String, step: Int, imagesSeen: Int, threads: Int,
    cpu: String, oneDNNVersion: String, card: String? = nil
  ) {
    self.creator = creator
    self.created = created
    self.config = config
    self.step = step
    self.imagesSeen = imagesSeen
    self.threads = threads
    self.cpu = cpu
    self.oneDNNVersion = oneDNNVersion
    self.card = card
  }

  init(reading root: StoredGroup) throws(HDF5Error) {
    creator = try root.attribute("creator").text()
    created = try root.attribute("created").text()
    config = try root.attribute("config").text()
    step = try root.attribute("step").integer()
    imagesSeen = try root.attribute("images_seen").integer()
    threads = try root.attribute("threads").integer()
    cpu = try root.attribute("cpu").text()
    oneDNNVersion = try root.attribute("onednn_version").text()
    card = try root.hasAttribute("card") ? root.attribute("card").text() : nil
  }

  func write(to root: Group) throws(HDF5Error) {
    try root.setAttribute("creator", creator)
    try root.setAttribute("created", created)
    try root.setAttribute("config", config)
    try root.setAttribute("step", step)
    try root.setAttribute("images_seen", imagesSeen)
    try root.setAttribute("threads", threads)
    try root.setAttribute("cpu", cpu)
    try root.setAttribute("onednn_version", oneDNNVersion)
    if let card { try root.setAttribute("card", card) }
  }
}

/// What was measured along a training, step by step; the datasets of `/history`.
package struct TrainingHistory: Equatable, Sendable {
  /// The steps of which there are figures.
  package var steps: [Int]
  /// The figures by name, each as long as `steps`: `loss`, `validation_loss`. NaN stands for none.
  package var columns: [String: [Double]]

  package init(steps: [Int] = [], columns: [String: [Double]] = [:]) {
    self.steps = steps
    self.columns = columns
  }

  init(reading group: StoredGroup) throws(HDF5Error) {
    steps = try group.dataset("step").read()
    columns = [:]
    for name in group.names() where name != "step" {
      columns[name] = try group.dataset(name).read(expecting: [steps.count])
    }
  }

  func write(to group: Group) throws(HDF5Error) {
    try group.write("step", steps)
    for (name, values) in columns.sorted(by: { $0.key < $1.key }) {
      precondition(values.count == steps.count, "\(name) has another number of steps")
      try group.write(name, values)
    }
  }
}
