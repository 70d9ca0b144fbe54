/// What is given of a batch of images while the rest is drawn (Lugmayr et al. 2022, eq. 8).
///
/// At each level the known elements are put where the forward process has them:
///
///     x_t = sqrt(abar_t) x_0 + sqrt(1 - abar_t) z
///
/// so that the network sees both parts at one level, and the clean image has the known elements exactly.
/// (Line 5 of the paper's algorithm 1 lacks the root over 1 - abar_t, which eq. 8a has.)
package struct KnownPart: Sendable {
  /// The images, as many elements as the batch has.
  package let x0: [Float]
  /// Whether an element is known, one for each of `x0`.
  package let isKnown: [Bool]

  /// - Precondition: as many of one as of the other.
  package init(x0: [Float], isKnown: [Bool]) {
    precondition(x0.count == isKnown.count, "every element is known or not")
    self.x0 = x0
    self.isKnown = isKnown
  }

  /// Puts the known elements into `x` at a timestep, with the standard normal numbers `z`, which may be
  /// those that the other elements of `x` were made with: no element takes both.
  func put(into x: inout [Float], at t: Double, of schedule: NoiseSchedule, z: [Float]) {
    precondition(x.count == x0.count, "the batches differ in size")
    let xt = ForwardProcess(schedule).noised(x0, at: t, epsilon: z)
    for i in x.indices where isKnown[i] { x[i] = xt[i] }
  }
}
