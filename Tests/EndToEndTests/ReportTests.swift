import Foundation
import PNGCodec
import SystemPackage
import TestSupport
import Testing

/// `stipple report`, and the page that training keeps.
@Suite struct ReportTests {
  private let folder: TemporaryFolder

  init() async throws {
    folder = try TemporaryFolder()
    let run = try await TrainedRun.shared.path
    for name in ["run", "other <b>"] {
      try FileManager.default.copyItem(atPath: run.string, toPath: (folder / name).string)
    }
  }

  private func text(_ name: String) throws -> String {
    String(decoding: try contents(folder / name), as: UTF8.self)
  }

  private func stipple(_ arguments: String...) async throws -> ProgramRun {
    try await ProgramRun(arguments, in: folder.path)
  }

  @Test func `training leaves a page, and its images and losses by noise beside it`() async throws {
    let page = try text("run/report.html")
    #expect(page.hasPrefix("<!DOCTYPE html>\n") && page.hasSuffix("</html>\n"))
    #expect(page.contains("The run is finished after 10 steps"))
    #expect(
      page.contains("<code>stipple train pictures -o run --steps 15</code>")
        || page.contains("stipple generate run "))
    #expect(page.contains("64 images: all 32 x 32 pixels"))
    #expect(page.contains("alt=\"Examples of the training images"))
    #expect(page.utf8.count < 3_000_000)
    #expect(try text("run/timesteps.csv").hasPrefix("step,loss_1,loss_2,"))
    #expect(try text("run/performance.csv").contains(",memory_megabytes\n"))
  }

  @Test func `a run's page is written into its folder, or where it is asked for`() async throws {
    try FileManager.default.removeItem(atPath: (folder / "run/report.html").string)
    let here = try await stipple("report", "run")
    #expect(here.status == 0 && here.output == "", "\(here)")
    #expect(here.errors == "report: run/report.html\n")
    let there = try await stipple("report", "run", "-o", "page.html")
    #expect(there.status == 0, "\(there)")
    #expect(try text("page.html") == text("run/report.html"))
    // A page may be made again.
    #expect(try await stipple("report", "run", "-o", "page.html").status == 0)
  }

  @Test func `several runs are shown beside each other`() async throws {
    let run = try await stipple("report", "run", "other <b>", "-o", "both.html")
    #expect(run.status == 0, "\(run)")
    let page = try text("both.html")
    #expect(page.contains("run, other &lt;b&gt;</h1>") && !page.contains("other <b>"))
    let usual = try await stipple("report", "run", "other <b>")
    #expect(usual.errors == "report: report.html\n", "\(usual)")
  }

  @Test func `charts are written as files of their own`() async throws {
    let run = try await stipple("report", "run", "--svg", "charts")
    #expect(run.status == 0, "\(run)")
    let names = try names(in: folder / "charts")
    #expect(names.contains("loss.svg") && names.contains("gradient-norm.svg"))
    for name in names {
      let picture = try text("charts/\(name)")
      #expect(picture.hasPrefix("<?xml ") && picture.hasSuffix("</svg>\n"), "\(name)")
      #expect(!picture.contains("<script"))
    }
    #expect(try await stipple("report", "run", "--svg", "charts").status == 0)
    try Data("<svg>mine</svg>".utf8).write(to: URL(filePath: (folder / "charts/loss.svg").string))
    let refused = try await stipple("report", "run", "--svg", "charts")
    #expect(
      refused.lastError
        == "Error: charts/loss.svg: not written: the file exists, and is not a chart by stipple; "
        + "give another name, or --overwrite to replace it")
  }

  @Test func `charts are written as pictures, for papers`() async throws {
    let run = try await stipple("report", "run", "--png", "charts", "--svg", "charts")
    #expect(run.status == 0, "\(run)")
    let names = try names(in: folder / "charts")
    #expect(names.contains("loss.png") && names.count { $0.hasSuffix(".png") } * 2 == names.count)
    #expect(
      run.errors.components(separatedBy: "\(names.count / 2) charts written to charts\n").count == 3
    )
    for name in names where name.hasSuffix(".png") {
      let picture = try PNGReader.read(folder / "charts/\(name)")
      #expect(picture.width == 1440 && picture.height == 840)
      // Curves in color, letters and the background.
      let isColored = stride(from: 0, to: picture.pixels.count, by: 3).contains { at in
        let (red, blue) = (Int(picture.pixels[at]), Int(picture.pixels[at + 2]))
        return abs(red - blue) > 60
      }
      #expect(isColored && picture.pixels.prefix(3) == [255, 255, 255], "\(name)")
    }
    #expect(try await stipple("report", "run", "--png", "charts").status == 0)
    try Data("mine".utf8).write(to: URL(filePath: (folder / "charts/loss.png").string))
    let refused = try await stipple("report", "run", "--png", "charts")
    #expect(
      refused.lastError
        == "Error: charts/loss.png: not written: the file exists, and is not an image by stipple report; "
        + "give another name, or --overwrite to replace it", "\(refused)")
  }

  @Test func `commands write pages of their results`() async throws {
    try TestImages.copyFlowers(4, to: folder / "pictures")
    try FileManager.default.createDirectory(
      atPath: (folder / "pictures/<b>'x").string, withIntermediateDirectories: false)
    try FileManager.default.copyItem(
      atPath: (folder / "pictures/000000.png").string,
      toPath: (folder / "pictures/<b>'x/<script>alert(1)<.png").string)
    for (command, words) in [
      (["generate", "run", "-o", "images", "-n", "3", "--steps", "2"], "000002.png"),
      (
        [
          "denoise", "pictures", "-o", "clean", "--model", "run", "--add-noise", "20", "--noisy",
          "noisy",
        ],
        "&lt;script&gt;alert(1)&lt;.png"
      ),
      (["evaluate", "run", "pictures", "--timesteps", "3"], "L_0 (decoder)"),
      (["compare", "images", "pictures"], "The ten nearest pairs"),
    ] {
      let name = "\(command[0]).html"
      let run = try await ProgramRun(command + ["--report", name], in: folder.path)
      #expect(run.status == 0, "\(run)")
      #expect(run.errors.contains("report: \(name)\n"), "\(run)")
      let page = try text(name)
      #expect(page.contains(words), "\(name)")
      #expect(page.components(separatedBy: "<script>").count == 2, "\(name)")
      // What is not a page stays.
      try Data("mine".utf8).write(to: URL(filePath: (folder / name).string))
      let refused = try await ProgramRun(command + ["--report", name], in: folder.path)
      #expect(
        refused.lastError == "Error: \(name): not written: the file exists, and is not a report by "
          + "stipple; give another name, or --overwrite to replace it", "\(refused)")
    }
  }

  @Test func `TensorBoard shows a run, which goes on without a point twice`() async throws {
    try TestImages.copyFlowers(16, to: folder / "pictures")
    func train(_ steps: Int, _ more: String...) async throws {
      let run = try await ProgramRun(
        TrainedRun.train("pictures", "shown", steps: steps, "--checkpoint-every", "4") + more,
        in: folder.path)
      #expect(run.status == 0, "\(run)")
    }
    try await train(6, "--tensorboard")
    try await train(12)
    let read = try await ShellRun(
      """
      command -v python3 > /dev/null && python3 -c 'import tensorboard' 2> /dev/null || { echo none; exit; }
      python3 - <<'END' 2> /dev/null
      from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
      events = EventAccumulator("shown/tensorboard", size_guidance={"scalars": 0})
      events.Reload()
      print([e.step for e in events.Scalars("loss/training")])
      print(len(events.Tags()["histograms"]), len(events.PluginTagToContent("hparams")))
      END
      """, in: folder.path)
    if read.output == "none\n" { return }
    #expect(read.output == "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]\n1 1\n", "\(read)")
  }
}
