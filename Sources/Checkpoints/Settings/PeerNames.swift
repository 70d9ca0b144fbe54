/// What users of diffusers, EDM, guided-diffusion, denoising-diffusion-pytorch, KAIR and their like call
/// settings, and what Stipple calls them.
public enum PeerNames {
  /// Stipple's names, the best first, and what others say for them; `-` and `_` are the same.
  private static let table: [(ours: [String], theirs: String)] = [
    (["learning-rate"], "lr train-lr base-lr max-lr peak-lr lrate step-size alpha"),
    (
      ["lr-schedule"],
      "learning-rate-schedule rate schedule-lr lr-scheduler lr-schedule lr-policy lr-decay scheduler-type lr-anneal-steps cosine-lr"
    ),
    (
      ["warmup"],
      "lr-warmup lr-warmup-steps warmup-steps num-warmup-steps lr-rampup lr-rampup-kimg warm-up"
    ),
    (
      ["steps", "time"],
      """
      epochs num-epochs num-train-epochs n-epochs max-epochs epoch max-steps max-train-steps \
      train-num-steps train-steps num-train-steps total-steps iterations iters n-iter niter max-iter \
      num-iterations duration kimg total-kimg
      """
    ),
    (["time"], "max-time time-limit hours minutes timeout"),
    (
      ["batch"],
      """
      batch-size bs train-batch-size eval-batch-size per-device-train-batch-size batchsize batch-gpu \
      batch-per-gpu max-batch-size microbatch test-batch-size dataloader-batch-size
      """
    ),
    (
      ["accumulate"],
      """
      gradient-accumulation-steps gradient-accumulate-every grad-accum accumulate-grad-batches \
      grad-accumulation accum accum-iter gradient-accumulation
      """
    ),
    (
      ["clip"],
      "max-grad-norm grad-clip gradient-clip gradient-clip-val clip-grad grad-norm clip-grad-norm"
    ),
    (["weight-decay"], "adam-weight-decay wd adamw-weight-decay l2"),
    (
      ["ema-decay"],
      "ema ema-rate use-ema ema-max-decay ema-beta ema-halflife ema-power ema-inv-gamma ema-kimg ema-gamma"
    ),
    (
      ["memory"],
      "max-memory memory-limit mem gradient-checkpointing use-checkpoint activation-checkpointing checkpoint-activations"
    ),
    (["precision"], "mixed-precision fp16 bf16 fp32 amp use-fp16 use-bf16 half dtype torch-dtype"),
    (
      ["threads"],
      """
      workers num-workers dataloader-num-workers n-workers nproc num-proc num-threads cpu cpus jobs j \
      n-jobs device gpu gpus cuda nproc-per-node num-processes accelerator
      """
    ),
    (
      ["size"],
      "resolution image-size img-size imgsz imsize im-size patch-size crop-size image-resolution width height res h w"
    ),
    (["fit"], "center-crop random-crop crop resize resize-mode interpolation resizing"),
    (
      ["flip"],
      "random-flip hflip horizontal-flip augment-horizontal-flip mirror xflip random-horizontal-flip augment"
    ),
    (
      ["channels"],
      "num-channels in-channels image-channels n-channels color-mode convert-image-to nc"
    ),
    (["recipe"], "precond preconditioning framework method process"),
    (
      ["preset"],
      "arch model model-config model-config-name-or-path network net config-name model-size unet backbone"
    ),
    (
      ["model"],
      """
      ckpt checkpoint model-path ckpt-path network net pretrained pretrained-model load weights-path model-dir run \
      pretrained-model-name-or-path arch
      """
    ),
    (["config"], "cfg-file config-file settings yaml opt options hparams"),
    (
      ["guidance"],
      "cfg cfg-scale guidance-scale cond-scale classifier-free-guidance w classifier-scale guidance-strength"
    ),
    (
      ["classes"],
      "class-cond cond class-conditional num-classes class-labels labels use-labels n-classes"
    ),
    (
      ["class-dropout"],
      "cond-drop-prob label-dropout drop-prob p-uncond unconditional-prob class-dropout-prob ucg cond-dropout"
    ),
    (["class", "class-index"], "label class-label class-idx class-id y category class-name"),
    (["class-index"], "class-idx label-index class-number"),
    (
      ["n"],
      """
      num-samples n-samples samples num-images num n number count num-images-per-prompt n-sample \
      sample-num batch-count nrow num-generate
      """
    ),
    (["seed"], "seeds random-seed manual-seed rng-seed generator"),
    (
      ["steps"],
      "num-inference-steps inference-steps sampling-timesteps sampling-steps ddim-steps num-steps n-steps timestep-respacing sample-steps nfe"
    ),
    (["sampler"], "scheduler solver sampling-method sample-method method use-ddim"),
    (["eta"], "ddim-eta ddim-sampling-eta"),
    (["churn"], "s-churn"),
    (["timestep-spacing"], "spacing discretization use-karras-sigmas karras skip-type"),
    (
      ["threshold"],
      "clip-sample clip-denoised thresholding dynamic-thresholding clamp clip-x-start"
    ),
    (["schedule"], "noise-schedule beta-schedule noise-scheduler beta-schedule-type"),
    (
      ["timesteps", "schedule-timesteps"],
      "num-train-timesteps ddpm-num-steps diffusion-steps num-timesteps timesteps noise-steps t diffusion-timesteps num-diffusion-timesteps ddpm-steps"
    ),
    (
      ["objective"],
      "prediction-type parameterization pred-type precond predict target pred-objective v-prediction predict-xstart"
    ),
    (["variance"], "learn-sigma variance-type model-var-type learned-variance"),
    (["zero-terminal-snr"], "rescale-betas-zero-snr zero-snr ztsnr"),
    (
      ["loss-weighting"],
      "loss-weight weight min-snr-loss-weight loss-weighting p2-loss-weight-gamma"
    ),
    (["min-snr-gamma"], "snr-gamma min-snr"),
    (["offset-noise"], "noise-offset offset-noise-strength"),
    (["input-perturbation"], "ip perturbation"),
    (
      ["timestep-sampling"], "schedule-sampler time-sampler timestep-bias-strategy weighting-scheme"
    ),
    (
      ["sigma"],
      "noise-level noise-level-img std sd noise noise-std sigmas noise-sigma test-noise-level"
    ),
    (["add-noise"], "noise-level-model synthetic-noise"),
    (["strength"], "denoising-strength image-strength noise-strength t-enc"),
    (["masks"], "mask mask-image mask-dir mask-path"),
    (["from"], "init-image init-img image init"),
    (["tile"], "tile-size patch tile-overlap"),
    (["clean"], "gt ground-truth target-dir reference h-folder"),
    (
      ["checkpoint-every"],
      """
      checkpointing-steps save-every save-interval save-and-sample-every save-steps snap \
      save-model-epochs checkpoint-interval ckpt-every dump save-freq save-model-steps
      """
    ),
    (
      ["sample-every"],
      "save-images-epochs sample-interval log-interval validation-steps eval-every tick sample-freq validation-epochs"
    ),
    (["keep"], "checkpoints-total-limit save-total-limit keep-last max-to-keep keep-checkpoints"),
    (
      ["validation"],
      "val-split val-fraction validation-split val test-split val-ratio validation-fraction"
    ),
    (["validation"], "val-size"),
    (
      ["output"],
      """
      out outdir out-dir output-dir output-path save-dir logdir log-dir results-folder results dest \
      destination save-path sample-dir run-dir output-folder work-dir
      """
    ),
    (["rotate"], "random-rotate rot90 rotation rotations turn"),
    (["animation"], "gif video film movie save-animation show-process"),
    (["neighbors"], "nn nearest nearest-neighbors knn"),
    (["record-batches"], "record-noised"),
    (["replay"], "noised"),
    (["convert"], "grayscale greyscale gray grey to-gray"),
    (["background"], "background-colour background-color bg"),
    (["strict"], "fail-fast"),
    (["dry-run"], "test simulate check"),
  ]

  /// Stipple's names for what another program calls a setting, as far as they are among those that there
  /// are.
  public static func settings(_ name: String, among known: [String]) -> [String] {
    let name = spelled(name)
    if known.contains(name) { return [name] }
    for (ours, theirs) in table
    where theirs.split(whereSeparator: \.isWhitespace).contains(Substring(name)) {
      let found = ours.filter(known.contains)
      if !found.isEmpty { return found }
    }
    return []
  }

  /// A name in lower case, its words joined by hyphens: `train_batch_size` and `trainBatchSize` are
  /// `train-batch-size`.
  public static func spelled(_ name: String) -> String {
    var text = ""
    var before: Character = "-"
    for letter in name.drop(while: { $0 == "-" }) {
      if letter == "_" {
        text.append("-")
      } else {
        if letter.isUppercase && before.isLowercase { text.append("-") }
        text += letter.lowercased()
      }
      before = letter
    }
    return text
  }
}
