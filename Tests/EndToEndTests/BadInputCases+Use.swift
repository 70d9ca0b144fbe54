/// Ways to go wrong with models and images.
extension BadInputTests {
  static let casesOfUse = [
    Case(
      title: "steps of a method without steps",
      arguments: ["denoise", "pictures", "-o", "new", "--steps", "9"],
      status: 64,
      sentence: "  See 'stipple denoise --help' for more information."),
    Case(
      title: "a page that is named like a table",
      arguments: ["evaluate", "run", "pictures", "--report", "new.csv"],
      status: 64,
      sentence:
        "Error: new.csv: not written: the name of --report has to end in .html"
    ),
    Case(
      title: "samples that are named like a picture",
      arguments: ["noise", "pictures", "-o", "new.png"],
      status: 64,
      sentence:
        "Error: new.png: not written: the name of -o has to end in .h5"
    ),
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
      title: "a class by its number where there are none",
      arguments: ["generate", "run", "-o", "new", "--class-index", "2"],
      status: 64, sentence: "Error: --class-index: the model is not class-conditional"),
    Case(
      title: "a class by its number to measure where there are none",
      arguments: ["evaluate", "run", "pictures", "--class-index", "2"],
      status: 64, sentence: "Error: --class-index: the model is not class-conditional"),
    Case(
      title: "more steps than timesteps",
      arguments: ["generate", "run", "-o", "new", "--steps", "1001"],
      status: 64,
      sentence: "Error: --steps: must be from 1 to 1000 (the model's timesteps), got 1001"),
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
      status: 64, sentence: "Error: --churn: must be at least 0, got -1"),
    Case(
      title: "too few timesteps to measure",
      arguments: ["evaluate", "run", "pictures", "--timesteps", "1"],
      status: 64, sentence: "Error: --timesteps: must be at least 2, got 1"),
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
      sentence: "Error: sizes: the images differ in size: 32 x 32 (2), 24 x 16 (1); "
        + "set --size, such as --size 64 (center crop; or --fit resize or pad)"),
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
      sentence: "Error: foreign.h5: has no dataset features of two axes (N x D)"),
    Case(
      title: "an average longer than the training",
      arguments: ["ema", "run", "--length", "0.5", "-o", "new.h5"],
      status: 64, sentence: "Error: --length: must be from 0.001 to 0.2886, got 0.5"),
    Case(
      title: "a run without snapshots",
      arguments: ["ema", "run", "--length", "0.1", "-o", "new.h5"],
      sentence: "Error: run: there are no EMA snapshots in this folder; train with "
        + "--snapshot-every"),
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
    Case(
      title: "a page of a run that is not there", arguments: ["report", "nowhere"],
      sentence: "Error: nowhere: could not be read: No such file or directory"),
    Case(
      title: "a page of a folder without a run", arguments: ["report", "run", "pictures"],
      sentence:
        "Error: pictures: is not a run folder: it has no checkpoints/ and no metrics.csv; give the "
        + "folder of `stipple train -o`"),
    Case(
      title: "a page of a file", arguments: ["report", "pictures/000000.png"],
      sentence:
        "Error: pictures/000000.png: is not a run folder: it has no checkpoints/ and no "
        + "metrics.csv; give the folder of `stipple train -o`"),
    Case(
      title: "watching a folder without a run", arguments: ["watch", "pictures"],
      sentence:
        "Error: pictures: is not a run folder: it has no checkpoints/ and no metrics.csv; give the "
        + "folder of `stipple train -o`"),
    Case(
      title: "watching a file", arguments: ["watch", "pictures/000000.png"],
      sentence:
        "Error: pictures/000000.png: is not a run folder: it has no checkpoints/ and no "
        + "metrics.csv; give the folder of `stipple train -o`"),
    Case(
      title: "a preview of images made of others",
      arguments: ["generate", "run", "-o", "new", "--from", "pictures", "--preview"],
      status: 64, sentence: "  See 'stipple generate --help' for more information."),
    Case(
      title: "a page in place of another file",
      arguments: ["report", "run", "-o", "pictures/000000.png"],
      sentence:
        "Error: pictures/000000.png: not written: the file exists, and is not a report by "
        + "stipple; give another name, or --overwrite to replace it"),
    Case(
      title: "a page in place of a run's own file",
      arguments: ["report", "run", "-o", "run/metrics.csv", "--overwrite"],
      sentence:
        "Error: run/metrics.csv: not written: it is an input of this command; give -o another name"),
    Case(
      title: "a page in place of a folder", arguments: ["report", "run", "-o", "pictures"],
      sentence: "Error: pictures: not written: it is a folder; give -o the name of a file"),
  ]
}
