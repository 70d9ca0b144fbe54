/// Where each tensor of a schedule lies in one arena.
///
/// A tensor lives from an instruction that writes it to the last that reads it before it is written again;
/// inputs live from the start, outputs to the end. Lives that overlap get different places. They are placed one
/// after the other, each at the lowest place that is free for all of it: the largest first (greedy by size, as in
/// Pisarchyk & Lee 2020), or the longest, or those that are both, whichever comes to the least.
package struct MemoryPlan {
  /// Of each tensor its lives in order: the first instruction, -1 for the start, the last that reads it, and the offset
  /// in floats.
  private let places: [[(first: Int, last: Int, offset: Int)]]
  /// The arena's size in floats, and in bytes.
  package let count: Int
  package var bytes: Int { count * MemoryLayout<Float>.stride }

  /// Where a tensor lies when an instruction runs, in floats.
  package func offset(of tensor: Tensor, at instruction: Int) -> Int {
    places[tensor].last { $0.first <= instruction }?.offset ?? 0
  }

  /// Whether nobody reads a tensor after an instruction that does, so that the instruction may overwrite it.
  package func ends(_ tensor: Tensor, at instruction: Int) -> Bool {
    places[tensor].last { $0.first <= instruction }?.last == instruction
  }

  private struct Life {
    let first: Int
    /// Of the tensor.
    var last: Int
    /// Of the memory, which others may go on with.
    var end: Int
    let count: Int
    /// The life whose memory this one goes on with.
    var owner: Int
    var offset = 0

    var duration: Int { end - first }

    func overlaps(_ other: Life) -> Bool { first <= other.end && other.first <= end }
  }

  package init(_ schedule: Schedule) {
    var (lives, ofTensors) = Self.lives(schedule)
    let owners = lives.indices.filter { lives[$0].owner == $0 }
    func order(_ first: (Life) -> Int, _ second: (Life) -> Int) -> [Int] {
      owners.map { (first(lives[$0]), second(lives[$0]), $0) }.sorted { $0 > $1 }.map(\.2)
    }
    let orders = [
      order(\.count, \.duration), order(\.duration, \.count),
      order({ $0.count / 1024 * $0.duration }, \.count),
    ]
    let tries = orders.map { Self.placed($0, lives) }
    let best = tries.min { $0.count < $1.count } ?? ([:], 0)
    for (owner, offset) in best.offsets { lives[owner].offset = offset }
    places = ofTensors.map {
      $0.map {
        (lives[$0].first, lives[$0].last, lives[lives[$0].owner].offset)
      }
    }
    count = best.count
  }

  /// Places lives in this order, each at the lowest place that is free for all of it.
  private static func placed(
    _ order: [Int], _ lives: [Life]
  ) -> (offsets: [Int: Int], count: Int) {
    var placed: [Life] = []
    var offsets: [Int: Int] = [:]
    for owner in order {
      var life = lives[owner]
      let neighbors = placed.filter(life.overlaps).sorted { $0.offset < $1.offset }
      for neighbor in neighbors {
        if life.offset + life.count <= neighbor.offset { break }
        life.offset = max(life.offset, neighbor.offset + neighbor.count)
      }
      placed.append(life)
      offsets[owner] = life.offset
    }
    return (offsets, placed.map { $0.offset + $0.count }.max() ?? 0)
  }

  /// All lives, and of each tensor the numbers of its own. Where one is written in place of another, the memory
  /// belongs to the first, and its life is as long as both.
  private static func lives(_ schedule: Schedule) -> ([Life], [[Int]]) {
    let end = schedule.instructions.count
    func size(_ tensor: Tensor) -> Int {
      schedule.storageCount(tensor).roundedUp(toMultipleOf: schedule.target.alignment)
    }
    var lives: [Life] = []
    var ofTensors = [[Int]](repeating: [], count: schedule.shapes.count)
    func begin(_ tensor: Tensor, at time: Int) {
      ofTensors[tensor].append(lives.count)
      lives.append(
        Life(first: time, last: time, end: time, count: size(tensor), owner: lives.count))
    }
    for tensor in schedule.inputs.values.sorted() { begin(tensor, at: -1) }
    for (time, instruction) in schedule.instructions.enumerated() {
      for tensor in instruction.reads {
        if let life = ofTensors[tensor].last { lives[life].last = time }
      }
      for tensor in instruction.writes { begin(tensor, at: time) }
    }
    for tensor in Array(schedule.outputs.values) + Array(schedule.inputGradients.values) {
      if let life = ofTensors[tensor].last { lives[life].last = end }
    }

    for life in lives.indices { lives[life].end = lives[life].last }

    // What is written in place.
    var current = ofTensors.map { $0.first { lives[$0].first < 0 } }
    func owner(_ tensor: Tensor) -> Int? { current[tensor].map { lives[$0].owner } }
    var seen = [Int](repeating: 0, count: schedule.shapes.count)
    for (time, instruction) in schedule.instructions.enumerated() {
      var next: [(Tensor, Int)] = []
      for tensor in instruction.writes {
        let life = ofTensors[tensor][seen[tensor]]
        seen[tensor] += 1
        next.append((tensor, life))
        let shared = instruction.inPlace.first { pair in
          guard pair.write == tensor, let other = owner(pair.read) else { return false }
          let isSpoiled = pair.spoiled.flatMap(owner).map { lives[$0].end == time } ?? true
          return isSpoiled && lives[other].end == time
            && schedule.storageCount(pair.read) == schedule.storageCount(tensor)
            && instruction.reads.filter { owner($0) == other }.count == 1
        }
        if let shared, let other = owner(shared.read) {
          lives[other].end = lives[life].end
          lives[life].owner = other
        }
      }
      for (tensor, life) in next { current[tensor] = life }
    }
    return (lives, ofTensors)
  }
}
