package import Graph

/// A backend's memory for a network's parameters, or anything of the same shapes: float32, in the places
/// of a `ParameterLayout`. What lies between parameters is zero.
///
/// Where a function takes another storage, it is of the same backend and layout.
package protocol ParameterStorage: AnyObject {
  /// Calls `body` with a copy of some elements, or with the elements themselves.
  func read<Result, Failure: Error>(
    _ range: Range<Int>, _ body: (UnsafeBufferPointer<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result

  /// Takes over what `body` writes to all elements of the memory that it is given.
  func write<Result, Failure: Error>(
    _ range: Range<Int>, _ body: (UnsafeMutableBufferPointer<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result

  /// Sets all elements to zero.
  func zero()

  /// Takes over all elements.
  func copy(from other: any ParameterStorage)

  /// Adds `factor` times the other's elements, in a range of them.
  func add(_ other: any ParameterStorage, times factor: Float, in range: Range<Int>)

  /// Takes over a part of the other's elements, from 0 to 1, and keeps the rest of its own, in a range of
  /// them.
  func move(towards other: any ParameterStorage, by part: Float, in range: Range<Int>)

  /// The sum of the squares of some elements, in double precision.
  func sumOfSquares(in range: Range<Int>) -> Double

  /// One update of AdamW's state, whose weights these are, in one pass over a range of memory.
  func update(
    _ constants: AdamW.StepConstants, firstMoment: any ParameterStorage,
    secondMoment: any ParameterStorage, average: any ParameterStorage,
    gradients: any ParameterStorage, in range: Range<Int>)

  /// All elements, where they lie as long as the storage does; nil where that is not float32 in this
  /// process's memory.
  var memory: UnsafeMutableBufferPointer<Float>? { get }
}

/// Where each parameter lies in storage.
package struct ParameterLayout: Equatable, Sendable {
  /// What is stored, in the network's order.
  package let declarations: [Parameter]
  /// The elements of each parameter.
  package let ranges: [Range<Int>]
  /// Elements of the whole storage.
  package let count: Int

  /// Places parameters one after the other, each at a multiple of `alignment`.
  package init(_ declarations: [Parameter], alignment: Int) {
    self.declarations = declarations
    var ranges: [Range<Int>] = []
    var end = 0
    for declaration in declarations {
      ranges.append(end..<(end + declaration.count))
      end += declaration.count.roundedUp(toMultipleOf: alignment)
    }
    self.ranges = ranges
    count = end
  }
}
