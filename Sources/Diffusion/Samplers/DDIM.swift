extension Sampler {
  /// Denoising diffusion implicit models, DDIM: few steps, with none of the noise of ancestral sampling
  /// (eta 0) up to all of it (eta 1).
  ///
  ///     x_s = sqrt(abar_s) x_0 + sqrt(1 - abar_s - sigma^2) eps + sigma z
  ///     sigma = eta sqrt((1 - abar_s) / (1 - abar_t)) sqrt(1 - abar_t / abar_s)    (eq. 16)
  ///
  /// where eps = (x_t - sqrt(abar_t) x_0) / sqrt(1 - abar_t) follows from the predicted x_0. Where x_0 is held
  /// within [-1, 1], eps is thus the one that belongs to it, as in guided-diffusion and in diffusers with
  /// `use_clipped_model_output`; or the network's own, as in diffusers without. Order of convergence without
  /// noise: 1.
  public static let ddim = Sampler(
    "ddim", "DDIM", source: "Song et al. 2021, eq. 12", options: [.eta, .clippedOutput]
  ) { steps, options in
    steps.table { i in
      let (alphaBar, alphaBarAfter) = (steps[i].from.alphaBar, steps[i].to.alphaBar)
      let sigma =
        options.eta
        * ((1 - alphaBarAfter) / (1 - alphaBar) * (1 - alphaBar / alphaBarAfter)).squareRoot()
      let direction = max(0, 1 - alphaBarAfter - sigma * sigma).squareRoot()
      let x = direction / (1 - alphaBar).squareRoot()
      let epsilon = -x * alphaBar.squareRoot()
      let isClipped = options.usesClippedOutput
      return StepWeights(
        x: [x], x0: [alphaBarAfter.squareRoot() + (isClipped ? epsilon : 0)],
        unclipped: isClipped ? 0 : epsilon, noise: sigma)
    }
  }
}
