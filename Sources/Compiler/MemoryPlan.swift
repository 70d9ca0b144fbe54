/// Where each tensor of a schedule lies in one arena.
///
/// A tensor lives from the instruction that writes it to the last that reads it; inputs live from
/// the start, outputs to the end. Tensors whose lives overlap get different places. The largest are
/// placed first, each at the lowest place that is free for all its life (greedy by size, as in
/// Pisarchyk & Lee 2020).
package struct MemoryPlan {
  /// Offsets in floats, by tensor.
  package let offsets: [Int]
  /// The arena's size in floats.
  package let count: Int

  private struct Life {
    var first: Int
    var last: Int
    var count: Int
    var offset = 0

    func overlaps(_ other: Life) -> Bool { first <= other.last && other.first <= last }
  }

  package init(_ schedule: Schedule) {
    let (lives, owners) = Self.lives(schedule)
    let order = lives.keys.sorted {
      (-(lives[$0]?.count ?? 0), $0) < (-(lives[$1]?.count ?? 0), $1)
    }
    var placed: [Life] = []
    var offsetOfOwner: [Tensor: Int] = [:]
    for owner in order {
      guard var life = lives[owner] else { continue }
      let neighbors = placed.filter(life.overlaps).sorted { $0.offset < $1.offset }
      for neighbor in neighbors {
        if life.offset + life.count <= neighbor.offset { break }
        life.offset = max(life.offset, neighbor.offset + neighbor.count)
      }
      placed.append(life)
      offsetOfOwner[owner] = life.offset
    }
    offsets = owners.map { offsetOfOwner[$0] ?? 0 }
    count = placed.map { $0.offset + $0.count }.max() ?? 0
  }

  /// Lives by the tensor that owns the memory, and the owner of each tensor: its own, or that of
  /// the tensor which it is written in place of.
  private static func lives(_ schedule: Schedule) -> ([Tensor: Life], [Tensor]) {
    let end = schedule.instructions.count
    var lastRead = [Int](repeating: -1, count: schedule.shapes.count)
    for (time, instruction) in schedule.instructions.enumerated() {
      for tensor in instruction.reads { lastRead[tensor] = time }
    }
    let kept = Array(schedule.outputs.values) + Array(schedule.inputGradients.values)
    for tensor in kept { lastRead[tensor] = end }

    var owners = Array(schedule.shapes.indices)
    var lives: [Tensor: Life] = [:]
    func size(_ tensor: Tensor) -> Int {
      schedule.storageCount(tensor).roundedUp(toMultipleOf: schedule.target.alignment)
    }
    for tensor in schedule.inputs.values {
      lives[tensor] = Life(first: -1, last: max(lastRead[tensor], -1), count: size(tensor))
    }
    for (time, instruction) in schedule.instructions.enumerated() {
      for tensor in instruction.writes {
        let shared = instruction.inPlace.first { pair in
          pair.write == tensor && lives[owners[pair.read]]?.last == time
            && schedule.storageCount(pair.read) == schedule.storageCount(tensor)
            && instruction.reads.filter { owners[$0] == owners[pair.read] }.count == 1
        }
        if let shared {
          owners[tensor] = owners[shared.read]
          lives[owners[tensor]]?.last = max(time, lastRead[tensor])
        } else {
          lives[tensor] = Life(first: time, last: max(time, lastRead[tensor]), count: size(tensor))
        }
      }
    }
    return (lives, owners)
  }
}
