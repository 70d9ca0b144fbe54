import PNGCodec
import SystemPackage
import TestSupport
import Testing

/// What commands say of time and memory before they work, and refuse.
@Suite struct PlanningTests {
  private struct Plan: Decodable {
    let seconds_per_step: Double
    let rough: Bool
    let alternatives: [Alternative]

    struct Alternative: Decodable {
      let options: String
      let seconds: Double
    }
  }

  @Test func `a dry run on large images estimates, and names what people do instead`() async throws
  {
    let folder = try TemporaryFolder()
    try TestImages.write("a.png", "b.png", width: 500, height: 400, to: folder / "photos")
    let run = try await ProgramRun(
      ["train", "photos", "-o", "run", "--dry-run", "--json", "--preset", "base", "--batch", "2"],
      in: folder.path)
    #expect(run.status == 0, "\(run)")
    #expect(run.errors.contains(" s/step here, roughly: about "), "\(run)")
    #expect(run.errors.contains("machine: "), "\(run)")
    #expect(run.errors.contains(#/--size 64 --fit random-crop +about \d+/#), "\(run)")
    let plan = try decode(Plan.self, run, at: "time")
    #expect(plan.rough && plan.seconds_per_step > 0)
    let memory = try decode([String: Int].self, run, at: "memory")
    #expect((memory["planned_megabytes"] ?? 0) > 0 && (memory["machine_megabytes"] ?? 0) > 0)
    let crop = try #require(
      plan.alternatives.first { $0.options == "--size 64 --fit random-crop" })
    #expect(crop.seconds < plan.seconds_per_step * 20_000 / 2)
    #expect(try folder.names() == ["photos"])
  }

  @Test func `a dry run tells of what is left of a run, and of a disk that has no room`()
    async throws
  {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(8, to: folder / "pictures")
    func train(steps: Int, _ more: String...) async throws -> ProgramRun {
      try await ProgramRun(
        TrainedRun.train("pictures", "run", steps: steps) + more, in: folder.path)
    }
    #expect(try await train(steps: 4).status == 0)
    let ended = try await train(steps: 4, "--dry-run")
    #expect(ended.status == 0, "\(ended)")
    #expect(
      ended.errors.contains(
        "run: the run has already ended after 4 of 4 steps; nothing is left to do\n")
        && !ended.errors.contains(" here"), "\(ended)")
    let more = try await train(steps: 10, "--dry-run")
    #expect(more.errors.contains("run: would resume after 4 of 10 steps\n"), "\(more)")
    #expect(more.errors.contains(" for 6 more steps\n"), "\(more)")
    let full = try await train(
      steps: 10, "--dry-run", "--keep", "1000000000", "--checkpoint-every", "1")
    #expect(full.status == 0, "few steps need few: \(full)")
    let endless = try await train(
      steps: 1_000_000_000, "--dry-run", "--keep", "1000000000", "--checkpoint-every", "1")
    #expect(endless.status == 1, "\(endless)")
    #expect(endless.lastError.contains("run: its checkpoints and recordings need "), "\(endless)")
  }

  @Test func `a short run on large images is nobody's fault`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.write("a.png", width: 256, height: 256, to: folder / "photos")
    let run = try await ProgramRun(
      ["train", "photos", "-o", "run", "--dry-run", "--steps", "2", "--batch", "1"],
      in: folder.path)
    #expect(run.status == 0 && !run.errors.contains("Instead"), "\(run)")
  }

  /// Batches and sizes past any machine's memory.
  @Test(arguments: [
    (
      ["train", "photos", "-o", "r", "--size", "16384", "--preset", "base", "--batch", "1"],
      "training on 16384 x 16384 pixels", "use --size 64 --fit random-crop, or a smaller --preset"
    ),
    (
      ["train", "photos", "-o", "r", "--size", "16384", "--preset", "tiny", "--batch", "256"],
      "training on 16384 x 16384 pixels", "use --size 64 --fit random-crop, or a smaller --preset"
    ),
    (
      ["benchmark", "--only", "train", "--batch", "65536", "--size", "256"],
      "training at 256 x 256 pixels, 65536 images at once", "use --batch "
    ),
    (
      ["benchmark", "--only", "sample", "--size", "16384", "--batch", "1"],
      "sampling at 16384 x 16384 pixels", "use a smaller --size"
    ),
  ])
  func `work that needs more memory than there is does not begin`(
    _ arguments: [String], _ work: String, _ wayOut: String
  ) async throws {
    let folder = try TemporaryFolder()
    try TestImages.write("a.png", width: 32, height: 32, to: folder / "photos")
    let before = try folder.names()
    let run = try await ProgramRun(arguments, in: folder.path)
    #expect(run.status == 1 && run.output == "", "\(run)")
    #expect(
      run.lastError.hasPrefix("Error: \(work): needs about ")
        || run.lastError.hasPrefix("Error: \(work): needs at least "), "\(run)")
    #expect(run.lastError.contains(" of memory, and this machine has "), "\(run)")
    #expect(run.lastError.contains("; \(wayOut)"), "\(run)")
    #expect(try folder.names() == before, "something was left behind")
  }

  /// What the process may have counts as what there is.
  @Test(arguments: [
    ("generate $RUN -o d -n 10000", "generation at 32 x 32 pixels"),
    ("generate $RUN -o d --from photos -n 10000", "variation at 32 x 32 pixels"),
    ("inpaint $RUN photos --masks mask.png -o d -n 10000", "inpainting at 32 x 32 pixels"),
    ("interpolate $RUN -o d --seeds 1 2 --frames 10000", "interpolation at 32 x 32 pixels"),
    ("benchmark --only sample --preset tiny", "sampling at 32 x 32 pixels"),
  ])
  func `a batch that needs more than ulimit allows is refused`(
    _ command: String, _ work: String
  ) async throws {
    let trained = try await TrainedRun.shared
    let folder = try TemporaryFolder()
    try TestImages.write("a.png", width: 32, height: 32, to: folder / "photos")
    try TestImages.write("mask.png", width: 32, height: 32, format: .gray, to: folder.path)
    let run = try await ShellRun(
      "RUN=$1; ulimit -v 4000000; \"$STIPPLE\" \(command) --batch 10000", [trained.path.string],
      in: folder.path)
    #expect(run.status == 1, "\(run)")
    #expect(
      run.lastLine.hasPrefix("Error: \(work), 10000 images at once: needs about "), "\(run)")
    #expect(
      run.lastLine.contains(
        " of memory, and the process limit (ulimit) allows 4.1 GB; use --batch "), "\(run)")
    #expect(Set(try folder.names()) == ["photos", "mask.png"], "something was left behind")
  }

  @Test(arguments: [
    (
      "noise many/000000.png -o n.h5 --size 6000 --type u8 --timesteps 5",
      "noising images of 6000 x 6000 pixels"
    ),
    ("compare many many --size 4096", "comparing 64 with 64 images at 4096 x 4096 pixels"),
  ])
  func `images that need more than ulimit allows are refused`(
    _ command: String, _ work: String
  ) async throws {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(64, to: folder / "many")
    let run = try await ShellRun(
      "ulimit -v 4000000; \"$STIPPLE\" \(command)", in: folder.path)
    #expect(run.status == 1, "\(run)")
    #expect(run.lastLine.hasPrefix("Error: \(work): needs about "), "\(run)")
    #expect(run.lastLine.contains("allows 4.1 GB; use a smaller --size"), "\(run)")
    #expect(try folder.names() == ["many"], "something was left behind")
  }

  @Test func `evaluations at once are refused, and fewer images than a batch are not`() async throws
  {
    let trained = try await TrainedRun.shared
    let folder = try TemporaryFolder()
    try TestImages.write("a.png", width: 32, height: 32, to: folder / "photos")
    let refused = try await ShellRun(
      "ulimit -v 1100000; \"$STIPPLE\" evaluate \"$1\" photos --timesteps 1000 --batch 1000",
      [trained.path.string], in: folder.path)
    #expect(
      refused.lastLine.hasPrefix("Error: evaluation at 32 x 32 pixels, 1000 images at once: needs"),
      "\(refused)")
    let few = try await ProgramRun(
      [
        "generate", trained.path.string, "-o", "d", "-n", "1", "--steps", "1", "--batch",
        "65536",
      ], in: folder.path)
    #expect(few.status == 0, "\(few)")
  }

  /// Skipped where this machine has no control groups of version 1 that may be made.
  @Test func `quota and limit of a control group are what there is`() async throws {
    let folder = try TemporaryFolder()
    let run = try await ShellRun(
      """
      name=stipple-test-$$
      for kind in cpu memory; do
        mkdir /sys/fs/cgroup/$kind/$name 2>/dev/null || { echo skipped; exit; }
      done
      trap 'for kind in cpu memory; do rmdir /sys/fs/cgroup/$kind/$name; done' EXIT
      mkdir /sys/fs/cgroup/cpu/$name/inner
      echo 60000 > /sys/fs/cgroup/cpu/$name/cpu.cfs_quota_us
      echo 1000000000 > /sys/fs/cgroup/memory/$name/memory.limit_in_bytes
      (
        sh -c 'echo $PPID' > pid
        cat pid > /sys/fs/cgroup/cpu/$name/inner/cgroup.procs
        cat pid > /sys/fs/cgroup/memory/$name/cgroup.procs
        "$STIPPLE" benchmark --only png --seconds 0.1
        "$STIPPLE" benchmark --only train --batch 1000 --preset small --size 64
      )
      rmdir /sys/fs/cgroup/cpu/$name/inner
      """, in: folder.path)
    if run.output == "skipped\n" { return }
    #expect(
      run.output.contains("(CPU quota 0.6), 1 GB of memory (limit of the container)"), "\(run)")
    #expect(run.output.contains("machine: 1 of "), "\(run)")
    #expect(
      run.output.contains(", and the container (control group) allows 1 GB; use --batch "), "\(run)"
    )
  }

  @Test func `a dry run of denoise names images that --memory does not allow`() async throws {
    let folder = try TemporaryFolder()
    try TestImages.write("large.png", width: 700, height: 600, to: folder / "photos")
    try TestImages.write("small.png", width: 40, height: 40, to: folder / "photos")
    let command = ["denoise", "photos", "-o", "out", "--sigma", "20", "--memory", "60M"]
    let planned = try await ProgramRun(command + ["--dry-run"], in: folder.path)
    #expect(planned.status == 0, "\(planned)")
    #expect(
      planned.errors.contains(
        #/would be left out: photos\/large.png: needs \d+ MB, but --memory allows 60 MB;/#)
        && !planned.errors.contains("small.png"), "\(planned)")
    let run = try await ProgramRun(command, in: folder.path)
    #expect(run.status == 3 && run.errors.contains("left out: photos/large.png"), "\(run)")
  }

  @Test func `dry runs tell the time that batches take`() async throws {
    let trained = try await TrainedRun.shared
    let folder = try TemporaryFolder()
    try TestImages.write("a.png", "b.png", width: 48, height: 40, to: folder / "photos")
    for arguments in [
      ["denoise", "--model", trained.path.string, "photos", "-o", "d", "--sigma", "20"],
      ["evaluate", trained.path.string, "photos"],
      ["generate", trained.path.string, "-o", "d", "-n", "3"],
      ["interpolate", trained.path.string, "-o", "d", "--seeds", "1", "2"],
    ] {
      let run = try await ProgramRun(arguments + ["--dry-run"], in: folder.path)
      #expect(run.status == 0, "\(run)")
      #expect(run.errors.contains(#/; (about|roughly) \d+ (s|min|h)/#), "\(run)")
      #expect(try folder.names() == ["photos"])
    }
  }
}
