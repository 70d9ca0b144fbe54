internal import CKernels

/// A stream of random numbers: a pure function of a seed and of what the numbers are for.
///
/// Nothing is stored or advanced: number `i` of a stream is always the same, whoever asks, in
/// whatever order, on whatever machine. Philox4x32-10 (Salmon et al. 2011) turns a key and a
/// counter of four 32-bit words into four random words, one block of the stream:
///
///     key      (seed's low 32 bits, seed's high 32 bits)
///     counter  (block, step, index, purpose | site << 8)
///
/// Word `i` of the stream is word `i mod 4` of block `i / 4`. Normal numbers `2 i` and `2 i + 1`
/// are the Box-Muller pair of words `2 i` and `2 i + 1`. Tensors are filled in C, H, W order. In
/// NumPy, to the last digits of single precision:
///
/// ```python
/// import numpy as np
///
/// def words(count, seed, purpose, index, step=0, site=0):
///     u = np.uint64
///     blocks = np.arange((count + 3) // 4, dtype=u)
///     c = [blocks] + [np.full_like(blocks, v) for v in (step, index, purpose | site << 8)]
///     k0, k1, low, half = u(seed & 0xFFFFFFFF), u(seed >> 32), u(0xFFFFFFFF), u(32)
///     for _ in range(10):
///         p0, p1 = c[0] * u(0xD2511F53), c[2] * u(0xCD9E8D57)
///         c = [p1 >> half ^ c[1] ^ k0, p1 & low, p0 >> half ^ c[3] ^ k1, p0 & low]
///         k0, k1 = k0 + u(0x9E3779B9) & low, k1 + u(0xBB67AE85) & low
///     return np.stack(c, 1).ravel()[:count]
///
/// def normal(shape, seed, purpose, index, step=0, site=0):
///     count = int(np.prod(shape))
///     w = words(count + count % 2, seed, purpose, index, step, site)
///     radius = np.float32(w[0::2]) * np.float32(2**-32) + np.float32(2**-33)
///     r, a = np.sqrt(-2 * np.log(np.float64(radius))), 2 * np.pi * w[1::2] / 2**32
///     pairs = np.stack([r * np.cos(a), r * np.sin(a)], 1)
///     return np.float32(pairs.ravel()[:count].reshape(shape))
///
/// normal((3, 32, 32), seed=0, purpose=0, index=17)   # what image 17 of seed 0 starts from
/// ```
package struct RandomStream: Sendable, Equatable {
  /// What a stream's numbers are for. The raw values are part of what files mean: never renumber.
  package enum Purpose: UInt8, Sendable, CaseIterable {
    /// x_T of a generated image.
    case initialNoise = 0
    /// The noise that a sampler adds; step is the timestep.
    case samplerNoise = 1
    /// The noise of the forward process, in training and in noised files; in training site 1 is the
    /// perturbation of the input, site 2 the offset of each channel.
    case trainingNoise = 2
    /// The timestep that a training example is taken at.
    case trainingTimestep = 3
    /// The order of an epoch's images.
    case shuffle = 4
    /// Where a training example is cropped.
    case crop = 5
    /// Whether a training example is mirrored.
    case flip = 6
    /// Which activations are dropped; site is the dropout's place in the network.
    case dropout = 7
    /// A new network's weights.
    case parameters = 8
    /// The parts of a drawn picture; site tells which part.
    case drawing = 9
    /// The noise that the validation loss is measured with; index is the image.
    case validation = 10
    /// Whether a training example's class is kept from the network.
    case classDropout = 12
    /// What is done to a training example of a restoration network: site 0 has what is drawn, site 1 the noise.
    case degradation = 13
    /// How a training example is changed of which the network is told.
    case augmentation = 14
    /// What a comparison of images draws: patches, directions and subsets, told apart by the site.
    case comparison = 11
  }

  /// The key.
  package let seed: UInt64
  /// What the numbers are for.
  package let purpose: Purpose
  /// The image, or the position in the epoch's order.
  package let index: UInt32
  /// The timestep or the training step.
  package let step: UInt32
  /// The place within a step, below 2^24, where a purpose has several.
  package let site: UInt32

  /// Names a stream. Index and step are below 2^32, site below 2^24.
  package init(seed: UInt64, purpose: Purpose, index: Int, step: Int = 0, site: Int = 0) {
    precondition(site >= 0 && site < 1 << 24, "site \(site) is not below 2^24")
    self.seed = seed
    self.purpose = purpose
    self.index = UInt32(index)
    self.step = UInt32(step)
    self.site = UInt32(site)
  }

  /// The stream in the form that C kernels take.
  var key: st_random_stream {
    st_random_stream(
      seed: seed, step: step, index: index, stream: UInt32(purpose.rawValue) | site << 8)
  }
}
