/// Every way to go wrong that a user has been thought to take: first with trainings, then with what is made of them.
extension BadInputTests {
  static let cases = casesOfTraining + casesOfUse

  private static let casesOfTraining = [
    Case(
      title: "an empty folder", arguments: ["train", "empty", "-o", "new"],
      sentence: "Error: empty: no images: the folder is empty"),
    Case(
      title: "a folder without PNGs", arguments: ["train", "texts", "-o", "new"],
      sentence: "Error: texts: no images: its 1 file is not PNG (1 .txt)"),
    Case(
      title: "a folder that is not there", arguments: ["train", "nowhere", "-o", "new"],
      sentence: "Error: nowhere: could not be read: No such file or directory"),
    Case(
      title: "images of different sizes", arguments: ["train", "sizes", "-o", "new"],
      sentence: "Error: sizes: the images differ in size: 32 x 32 (2), 24 x 16 (1); "
        + "set --size, such as --size 64 (center crop; or --fit resize or pad)"),
    Case(
      title: "a size that the strides do not divide",
      arguments: ["train", "pictures", "-o", "new", "--size", "30x33"],
      status: 64,
      sentence:
        "Error: --size: image size 30 x 33: width and height must be multiples of 4 for this "
        + "network; the nearest are 28 x 32 and 32 x 36"),
    Case(
      title: "images of a size that the strides do not divide",
      arguments: ["train", "odd", "-o", "new"],
      status: 64,
      sentence:
        "Error: --size: image size 30 x 20: width and height must be multiples of 4 for this "
        + "network; the nearest are 28 x 20 and 32 x 20"),
    Case(
      title: "no readable image", arguments: ["train", "broken", "-o", "new"],
      sentence: "Error: broken/cutShort.png: broken PNG: the file ends within its IDAT chunk; "
        + "and none of the other 3 images can be read"),
    Case(
      title: "an unknown preset",
      arguments: ["train", "pictures", "-o", "new", "--preset", "huge"],
      status: 64,
      sentence:
        "Error: --preset: unknown preset huge; choose from auto, tiny, small, base, ddpm, denoiser, restoration"
    ),
    Case(
      title: "a model to start from that is not there",
      arguments: ["train", "pictures", "-o", "new", "--start-from", "nowhere"],
      sentence:
        "Error: nowhere: could not be found: there is no file, run folder or model of this name; "
        + "models: denoise-rgb"),
    Case(
      title: "a model to start from with another network",
      arguments: ["train", "pictures", "-o", "new", "--start-from", "run", "--preset", "small"],
      status: 64,
      sentence:
        "Error: --start-from: run has another network than preset small with 3 levels; leave out --preset and "
        + "--levels to use the model's own"),
    Case(
      title: "a recipe beside a model to start from",
      arguments: ["train", "pictures", "-o", "new", "--start-from", "run", "--recipe", "edm"],
      status: 64,
      sentence: "Error: --recipe: cannot be changed with --start-from; "
        + "give single options such as --learning-rate"),
    Case(
      title: "a run folder that cannot be made",
      arguments: ["train", "pictures", "-o", "/proc/new", "--preset", "tiny", "--steps", "1"],
      sentence: "Error: /proc/new: the folder could not be made: No such file or directory"),
    Case(
      title: "another run's folder",
      arguments: TrainedRun.train("pictures", "run", steps: 10, "--seed", "1", "--batch", "9"),
      sentence: "Error: run: holds a run with other settings: batch: 8 there, 9 here; "
        + "seed: 0 there, 1 here; use the same settings, or another folder"),
    Case(
      title: "noise told from the end of the straight path",
      arguments: ["train", "pictures", "-o", "new", "--schedule", "flow"],
      status: 64,
      sentence:
        "Error: --schedule: flow cannot be combined with --objective epsilon; use --objective flow, velocity or image"
    ),
    Case(
      title: "a path that ends as it does",
      arguments: [
        "train", "pictures", "-o", "new", "--schedule", "edm", "--objective", "edm",
        "--zero-terminal-snr",
      ],
      status: 64, sentence: "Error: --zero-terminal-snr: has no meaning for --schedule edm"),
    Case(
      title: "noise told from nothing but noise",
      arguments: ["train", "pictures", "-o", "new", "--zero-terminal-snr"],
      status: 64,
      sentence:
        "Error: --zero-terminal-snr: cannot be combined with --objective epsilon; use --objective velocity or image"
    ),
    Case(
      title: "a list of variances that is a picture",
      arguments: ["train", "pictures", "-o", "new", "--betas", "pictures/000000.png"],
      sentence:
        "Error: pictures/000000.png: could not be read as betas: line 1 is not a number: \u{fffd}PNG"
    ),
    Case(
      title: "a list of variances that is not there",
      arguments: ["train", "pictures", "-o", "new", "--betas", "nowhere.txt"],
      sentence: "Error: nowhere.txt: could not be read as betas: No such file or directory"),
    Case(
      title: "a schedule that there is not",
      arguments: ["train", "pictures", "-o", "new", "--schedule", "bogus"],
      status: 64,
      sentence:
        "Error: --schedule: unknown schedule bogus; choose from linear, scaled-linear, cosine, sigmoid, sigmoid-beta, flow, edm"
    ),
    Case(
      title: "a listed schedule without a list",
      arguments: ["train", "pictures", "-o", "new", "--schedule", "listed"],
      status: 64, sentence: "Error: --schedule: listed needs --betas"),
    Case(
      title: "timesteps by their losses beside a noise range",
      arguments: [
        "train", "pictures", "-o", "new", "--noise-range", "0..50", "--timestep-sampling",
        "importance",
      ],
      status: 64,
      sentence: "Error: --timestep-sampling: importance cannot be combined with --noise-range"),
    Case(
      title: "the bound's weight where the variance is learned",
      arguments: [
        "train", "pictures", "-o", "new", "--loss-weighting", "bound", "--variance", "learned",
      ],
      status: 64,
      sentence: "Error: --loss-weighting: bound cannot be combined with --variance learned"),
    Case(
      title: "dropped classes where there are none",
      arguments: ["train", "pictures", "-o", "new", "--class-dropout", "0.2"],
      status: 64, sentence: "Error: --class-dropout: needs --classes folders"),
    Case(
      title: "the number of a weighting that is not taken",
      arguments: ["train", "pictures", "-o", "new", "--min-snr-gamma", "3"],
      status: 64, sentence: "Error: --min-snr-gamma: needs --loss-weighting min-snr"),
    Case(
      title: "ends of a schedule that has none",
      arguments: [
        "train", "pictures", "-o", "new", "--schedule", "cosine", "--beta-end", "0.1",
      ],
      status: 64,
      sentence:
        "Error: --beta-end: only for --schedule linear, scaled-linear, sigmoid-beta"),
    Case(
      title: "help of a command that there is not", arguments: ["help", "bogus"], status: 64,
      sentence: "  See 'stipple --help' for more information."),
    Case(
      title: "less than no perturbation",
      arguments: ["train", "pictures", "-o", "new", "--input-perturbation=-1"],
      status: 64, sentence: "Error: --input-perturbation: must be at least 0, got -1"),
    Case(
      title: "settings that are not there",
      arguments: ["train", "pictures", "-o", "new", "--config", "nope.yaml"],
      sentence: "Error: nope.yaml: could not be read: No such file or directory"),
    Case(
      title: "a setting that there is not",
      arguments: ["train", "pictures", "-o", "new", "--config", "bogus.yaml"],
      sentence: "Error: bogus.yaml: could not be read as settings: line 1: bogus: unknown setting"),
    Case(
      title: "a degradation with a range that is none",
      arguments: ["train", "pictures", "-o", "new", "--degradation", "noise.yaml"],
      sentence: "Error: noise.yaml: could not be read as settings: line 2: gaussian.range: "
        + "30..5 is not a range such as 0..255, from 0 to 255, the second number not smaller"),
    Case(
      title: "a degradation with a quality that JPEG has not",
      arguments: ["train", "pictures", "-o", "new", "--config", "jpeg.yaml"],
      sentence:
        "Error: jpeg.yaml: could not be read as settings: line 3: degradation.jpeg-after.range: "
        + "0..95 is not a range such as 1..100, from 1 to 100, the second number not smaller"),
    Case(
      title: "a degradation and a noise range",
      arguments: [
        "train", "pictures", "-o", "new", "--preset", "restoration", "--noise-range", "0..50",
      ],
      status: 64,
      sentence:
        "Error: --noise-range: cannot be combined with --preset restoration or --degradation, whose networks have "
        + "no diffusion process"),
    Case(
      title: "augmentation of a network that sees a range of noise",
      arguments: [
        "train", "pictures", "-o", "new", "--augment", "0.1", "--noise-range", "0..50",
      ],
      status: 64, sentence: "Error: --augment: cannot be combined with --noise-range"),
    Case(
      title: "oblong examples to be turned",
      arguments: ["train", "pictures", "-o", "new", "--size", "16x8", "--turn"],
      status: 64, sentence: "Error: --rotate: images of 16 x 8 pixels are not square"),
    Case(
      title: "a range of noise that is none",
      arguments: ["train", "pictures", "-o", "new", "--noise-range", "9..3"],
      status: 64, sentence: "  See 'stipple train --help' for more information."),
    Case(
      title: "snapshots at no interval",
      arguments: ["train", "pictures", "-o", "new", "--snapshot-every=-1"],
      status: 64, sentence: "Error: --snapshot-every: must be at least 0, got -1"),
    Case(
      title: "nothing to train on", arguments: ["train", "-o", "new"],
      status: 64,
      sentence: "  See 'stipple train --help' for more information."),
    Case(
      title: "pictures instead of stored examples",
      arguments: ["train", "-o", "new", "--replay", "pictures"],
      sentence:
        "Error: pictures: cannot be trained on: there are no recorded batches in this folder; record them with train --record-batches"
    ),
    Case(
      title: "a checkpoint instead of stored examples",
      arguments: ["train", "-o", "new", "--replay", "run/checkpoints/step-00000010.h5"],
      sentence:
        "Error: run/checkpoints/step-00000010.h5: is a checkpoint, expected a file of noisy samples"
    ),
    Case(
      title: "steps to record that are no number",
      arguments: ["train", "pictures", "-o", "new", "--record-batches", "all"],
      status: 64, sentence: "  See 'stipple train --help' for more information."),
  ]
}
