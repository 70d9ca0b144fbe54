/// Every way to go wrong that a user has been thought to take.
extension BadInputTests {
  static let cases = [
    Case(
      title: "an empty folder", arguments: ["train", "empty", "-o", "new"],
      sentence: "Error: empty: no images: the folder is empty"),
    Case(
      title: "a folder without PNGs", arguments: ["train", "texts", "-o", "new"],
      sentence: "Error: texts: no images: none of its 1 file has a name that ends in .png"),
    Case(
      title: "a folder that is not there", arguments: ["train", "nowhere", "-o", "new"],
      sentence: "Error: nowhere: could not be read: No such file or directory"),
    Case(
      title: "images of different sizes", arguments: ["train", "sizes", "-o", "new"],
      sentence: "Error: sizes/c.png: the images differ in size: "
        + "32 x 32 (2), 24 x 16 (1); use --size WxH and --fit"),
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
        "Error: --preset: unknown preset huge; choose from tiny, small, base, ddpm, denoiser, restoration"
    ),
    Case(
      title: "a number of channels that PNG has not",
      arguments: ["train", "pictures", "-o", "new", "--channels", "2"],
      status: 64, sentence: "Error: --channels: images have 1, 3 or 4 channels, not 2"),
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
      title: "less than no perturbation",
      arguments: ["train", "pictures", "-o", "new", "--input-perturbation=-1"],
      status: 64, sentence: "Error: --input-perturbation: -1.0 is not at least 0"),

    Case(
      title: "a checkpoint that is not there", arguments: ["generate", "nowhere.h5", "-o", "new"],
      sentence: "Error: nowhere.h5: could not be opened: No such file or directory"),
    Case(
      title: "a run folder without checkpoints", arguments: ["generate", "empty", "-o", "new"],
      sentence: "Error: empty: there is no checkpoint in this folder"),
    Case(
      title: "a PNG instead of a checkpoint",
      arguments: ["generate", "pictures/000000.png", "-o", "new"],
      sentence: "Error: pictures/000000.png: is not an HDF5 file"),
    Case(
      title: "a checkpoint cut short", arguments: ["generate", "cut.h5", "-o", "new"],
      sentence: "Error: cut.h5: is truncated; copy or create it again"),
    Case(
      title: "another program's HDF5 file", arguments: ["generate", "foreign.h5", "-o", "new"],
      sentence: "Error: foreign.h5: is an HDF5 file, but not one of Stipple's"),
    Case(
      title: "a newer version's checkpoint", arguments: ["generate", "newer.h5", "-o", "new"],
      sentence: "Error: newer.h5: has format version 99, but this program knows versions up to 1; "
        + "use a newer Stipple"),
    Case(
      title: "an output folder that cannot be made",
      arguments: ["generate", "run", "-o", "/proc/new", "-n", "1", "--steps", "1"],
      sentence: "Error: /proc/new: the folder could not be made: No such file or directory"),
    Case(
      title: "a class where there are none",
      arguments: ["generate", "run", "-o", "new", "--class", "2"],
      status: 64, sentence: "Error: --class: the model is not class-conditional"),
    Case(
      title: "more steps than timesteps",
      arguments: ["generate", "run", "-o", "new", "--steps", "1001"],
      status: 64,
      sentence: "Error: sampler: 1001 steps, but the schedule has 1000 timesteps; give 1 to 1000"),

    Case(
      title: "no processor to compute on",
      arguments: ["generate", "run", "-o", "new", "--threads", "0"],
      status: 64, sentence: "  See 'stipple generate --help' for more information."),
    Case(
      title: "more images than anybody can store",
      arguments: ["generate", "run", "-o", "new", "-n", "9223372036854775807"],
      status: 64, sentence: "  See 'stipple generate --help' for more information."),
    Case(
      title: "eta for a sampler that has none",
      arguments: ["generate", "run", "-o", "new", "--sampler", "unipc", "--eta", "1"],
      status: 64, sentence: "  See 'stipple generate --help' for more information."),
    Case(
      title: "churn for a sampler that has none",
      arguments: ["generate", "run", "-o", "new", "--churn", "10"],
      status: 64, sentence: "  See 'stipple generate --help' for more information."),
    Case(
      title: "less than no churn",
      arguments: ["generate", "run", "-o", "new", "--sampler", "heun", "--churn=-1"],
      status: 64, sentence: "Error: churn is -1.0; give a number from 0 (no noise) up"),
    Case(
      title: "too few timesteps to measure",
      arguments: ["evaluate", "run", "pictures", "--timesteps", "1"],
      status: 64, sentence: "Error: --timesteps: 1 is not at least 2"),
    Case(
      title: "no image to measure", arguments: ["evaluate", "run", "broken"],
      sentence: "Error: broken/cutShort.png: broken PNG: the file ends within its IDAT chunk"),
    Case(
      title: "two images with one output",
      arguments: ["denoise", "--model", "run", "pictures", "copies", "-o", "new"],
      sentence: "Error: copies/000000.png: would have the same output as pictures/000000.png: both "
        + "are 000000.png; rename one, or give the two their own output folders"),
    Case(
      title: "an output folder that is the input's",
      arguments: ["denoise", "--model", "run", "pictures", "-o", "pictures"],
      sentence: "Error: pictures: is both input and output: results would replace the images; use "
        + "another folder"),
    Case(
      title: "a file of another kind",
      arguments: ["denoise", "--model", "noised.h5", "pictures", "-o", "new"],
      sentence: "Error: noised.h5: is a file of noisy samples, expected a checkpoint"),
    Case(
      title: "a model file that is not there",
      arguments: ["denoise", "pictures", "-o", "new", "--model", "nowhere.h5"],
      sentence: "Error: nowhere.h5: could not be opened: No such file or directory"),
    Case(
      title: "a model's path that leads nowhere",
      arguments: ["denoise", "pictures", "-o", "new", "--model", "models/nowhere"],
      sentence: "Error: models/nowhere: could not be opened: No such file or directory"),
    Case(
      title: "a model file of a newer version",
      arguments: ["denoise", "pictures", "-o", "new", "--model", "newer.h5"],
      sentence: "Error: newer.h5: has format version 99, but this program knows versions up to 1; "
        + "use a newer Stipple"),
    Case(
      title: "a model file cut short",
      arguments: ["denoise", "pictures", "-o", "new", "--model", "cut.h5"],
      sentence: "Error: cut.h5: is truncated; copy or create it again"),
    Case(
      title: "a picture for a model",
      arguments: ["denoise", "pictures", "-o", "new", "--model", "pictures/000000.png"],
      sentence: "Error: pictures/000000.png: is not an HDF5 file"),
    Case(
      title: "weights of another program for a model",
      arguments: ["denoise", "pictures", "-o", "new", "--model", "foreign.safetensors"],
      sentence: "Error: foreign.safetensors: is not an HDF5 file"),
    Case(
      title: "another program's HDF5 file for a model",
      arguments: ["denoise", "pictures", "-o", "new", "--model", "foreign.h5"],
      sentence: "Error: foreign.h5: is an HDF5 file, but not one of Stipple's"),
    Case(
      title: "a folder without checkpoints for a model",
      arguments: ["denoise", "pictures", "-o", "new", "--model", "pictures"],
      sentence: "Error: pictures: there is no checkpoint in this folder"),
    Case(
      title: "a timestep past the last",
      arguments: ["noise", "pictures", "-o", "new.h5", "--timesteps", "1000"],
      status: 64, sentence: "Error: --timesteps: there is no timestep 1000; there are 0 to 999"),
    Case(
      title: "a file in the way", arguments: ["noise", "pictures", "-o", "noised.h5"],
      sentence:
        "Error: noised.h5: already exists with other contents; give another name, or --overwrite to replace it"
    ),
    Case(
      title: "a folder without a network", arguments: ["import", "empty", "-o", "new.h5"],
      sentence: "Error: empty: cannot be imported: neither config.json nor unet/config.json is "
        + "there; give the folder of a diffusers UNet2DModel or of a pipeline that has one"),
    Case(
      title: "nothing to inspect", arguments: ["inspect", "texts/a.txt"],
      sentence: "Error: texts/a.txt: is not an HDF5 file"),
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
        "Error: --noise-range: cannot be combined with --degradation, whose networks have no "
        + "diffusion process"),
    Case(
      title: "a cosine without an end",
      arguments: ["train", "pictures", "-o", "new", "--rate", "cosine"],
      status: 64, sentence: "Error: --lr-schedule: cosine needs --steps"),
    Case(
      title: "oblong examples to be turned",
      arguments: ["train", "pictures", "-o", "new", "--size", "16x8", "--turn"],
      status: 64, sentence: "Error: --rotate: images of 16 x 8 pixels are not square"),
    Case(
      title: "a range of noise that is none",
      arguments: ["train", "pictures", "-o", "new", "--noise-range", "9..3"],
      status: 64, sentence: "  See 'stipple train --help' for more information."),
    Case(
      title: "no images to generate", arguments: ["generate", "run", "-o", "new", "-n", "0"],
      status: 64, sentence: "  See 'stipple generate --help' for more information."),
    Case(
      title: "a shard that there is not",
      arguments: ["generate", "run", "-o", "new", "--shard", "5/4"],
      status: 64, sentence: "  See 'stipple generate --help' for more information."),
    Case(
      title: "no noise to take out",
      arguments: ["denoise", "--model", "run", "pictures", "-o", "new", "--sigma", "0"],
      status: 64, sentence: "  See 'stipple denoise --help' for more information."),
    Case(
      title: "no readable image to compare", arguments: ["compare", "broken", "pictures"],
      sentence: "Error: broken/cutShort.png: broken PNG: the file ends within its IDAT chunk; "
        + "and none of the other 3 images can be read"),
    Case(
      title: "different sizes to compare with", arguments: ["compare", "pictures", "sizes"],
      sentence: "Error: sizes/c.png: the images differ in size: "
        + "32 x 32 (2), 24 x 16 (1); use --size WxH and --fit"),
    Case(
      title: "one folder to compare", arguments: ["compare", "pictures"],
      status: 64, sentence: "  See 'stipple compare --help' for more information."),
    Case(
      title: "crops to compare",
      arguments: ["compare", "pictures", "copies", "--fit", "random-crop"],
      status: 64, sentence: "Error: --fit: choose from crop, resize, pad"),
    Case(
      title: "a picture in the way of pairs",
      arguments: ["compare", "pictures", "copies", "--pairs", "copies/000000.png"],
      sentence:
        "Error: copies/000000.png: not written: it is an input of this command; give --pairs "
        + "another name"),
    Case(
      title: "no features", arguments: ["compare", "--features", "foreign.h5", "foreign.h5"],
      sentence: "Error: foreign.h5: has no dataset /features of two axes, and not just one other "
        + "such dataset"),
    Case(
      title: "an average longer than the training",
      arguments: ["ema", "run", "--length", "0.5", "-o", "new.h5"],
      status: 64, sentence: "Error: --length: 0.5 is not in 0.001...0.2887"),
    Case(
      title: "a run without snapshots",
      arguments: ["ema", "run", "--length", "0.1", "-o", "new.h5"],
      sentence: "Error: run: there are no EMA snapshots in this folder; train with "
        + "--snapshot-every"),
    Case(
      title: "snapshots at no interval",
      arguments: ["train", "pictures", "-o", "new", "--snapshot-every=-1"],
      status: 64, sentence: "Error: --snapshot-every: -1 is not at least 0"),
    Case(
      title: "nothing to draw from",
      arguments: ["generate", "run", "-o", "new", "--from", "empty"],
      sentence: "Error: empty: no images: the folder is empty"),
    Case(
      title: "images over those that they are drawn from",
      arguments: ["generate", "run", "-o", "pictures", "--from", "pictures"],
      sentence: "Error: pictures: is both input and output: results would replace the images; use "
        + "another folder"),
    Case(
      title: "a mask that is not there",
      arguments: ["inpaint", "run", "pictures", "-o", "new", "--masks", "nowhere.png"],
      sentence: "Error: nowhere.png: could not be opened: No such file or directory"),
    Case(
      title: "a mask that is no image",
      arguments: ["inpaint", "run", "pictures", "-o", "new", "--masks", "texts/a.txt"],
      sentence: "Error: texts/a.txt: not a PNG: it is text"),
    Case(
      title: "a mask that is black all over",
      arguments: ["inpaint", "run", "pictures", "-o", "new", "--masks", "black.png"],
      sentence: "Error: black.png: nothing to inpaint: the mask has no white pixels"),
    Case(
      title: "the images as their own masks",
      arguments: ["inpaint", "run", "pictures", "-o", "new", "--masks", "pictures/"],
      status: 64,
      sentence: "Error: --masks: pictures contains the input images; give the folder of the masks"),
    Case(
      title: "no ways down",
      arguments: [
        "inpaint", "run", "pictures", "-o", "new", "--masks", "black.png", "--resamplings", "0",
      ],
      status: 64, sentence: "  See 'stipple inpaint --help' for more information."),
    Case(
      title: "nothing to train on", arguments: ["train", "-o", "new"],
      status: 64,
      sentence: "Error: --replay: no images given; give image folders, or --replay"),
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
    Case(
      title: "an animation that is neither strip nor animation",
      arguments: ["generate", "run", "-o", "new", "--animation", "process.gif"],
      status: 64,
      sentence:
        "Error: --animation: process.gif must end in .apng (animation) or .png (strip)"),
    Case(
      title: "one frame from end to end",
      arguments: ["interpolate", "run", "-o", "new", "--seeds", "1", "2", "--frames", "1"],
      status: 64, sentence: "  See 'stipple interpolate --help' for more information."),
    Case(
      title: "one end of two", arguments: ["interpolate", "run", "-o", "new", "--seeds", "1"],
      status: 64, sentence: "  See 'stipple interpolate --help' for more information."),
    Case(
      title: "seeds and images at once",
      arguments: [
        "interpolate", "run", "-o", "new", "--seeds", "1", "2", "--between", "pictures", "copies",
      ],
      status: 64, sentence: "  See 'stipple interpolate --help' for more information."),
    Case(
      title: "a way back to noise that there is not",
      arguments: [
        "interpolate", "run", "-o", "new", "--between", "pictures", "copies", "--sampler", "heun",
      ],
      status: 64,
      sentence: "Error: --sampler: --between needs DDIM inversion; use ddim with --eta 0"),
    Case(
      title: "folders without a pair",
      arguments: ["interpolate", "run", "-o", "new", "--between", "pictures", "sizes"],
      sentence:
        "Error: pictures: has no image with the same name as in sizes; paired images need the same name"
    ),
    Case(
      title: "a file and a folder as a pair",
      arguments: [
        "interpolate", "run", "-o", "new", "--between", "pictures/000000.png", "sizes",
      ],
      sentence:
        "Error: pictures/000000.png: cannot be paired with sizes: one is a file, the other a "
        + "folder"),
  ]
}
