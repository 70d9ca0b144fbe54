import SystemPackage
import TestSupport
import Testing

/// What killed commands leave, what live ones are writing, and whose files they are.
@Suite struct LeftFilesTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try TestImages.copyFlowers(16, to: folder / "pictures")
  }

  private static let train = """
    train() {
      "$STIPPLE" train pictures -o run --preset tiny --size 16 --batch 4 --sample-every 0 \
        --checkpoint-every 2 "$@" 2>&1
    }
    status() { local status=0; "$@" || status=$?; echo "status $status"; }

    """

  @Test(arguments: [
    "--timesteps every=2 --size 64 --fit resize --with-noise",
    "--timesteps every=25 --size 96 --fit resize --type u8 --png OUT/png",
  ])
  func `noise that is stopped or killed publishes nothing, and the same command finishes it`(
    options: String
  ) async throws {
    let run = try await ShellRun(
      """
      set -eu
      noise() {
        exec "$STIPPLE" noise pictures -o "$1/n.h5" \(options.replacing("OUT", with: "$1"))
      }
      # until_written BYTES: until the unfinished file has so many, or there is a finished one.
      until_written() {
        until [ -e out/n.h5 ] || [ -n "$(find out -name '.n.h5.*' -size +"$1"c)" ]; do
          sleep 0.01
        done
      }
      mkdir whole out
      (noise whole) 2> /dev/null
      size=$(stat -c %s whole/n.h5)
      for part in "TERM $((size / 4))" "KILL $((size / 2))" "TERM $((size / 8))"; do
        (noise out) 2> log & job=$!
        until_written "${part#* }"
        kill -"${part% *}" $job 2> /dev/null || true
        status=0
        wait $job || status=$?
        [ $status = 0 ] || [ ! -e out/n.h5 ]
        if [ $status = 143 ]; then tail -n 1 log; fi
      done
      (noise out) 2> log
      diff -r whole out
      echo "the same"
      """, in: folder.path)
    #expect(run.status == 0, "\(run)")
    #expect(run.lastLine == "the same", "\(run)")
  }

  @Test func `two commands at once with other settings do not replace each other's results`()
    async throws
  {
    let run = try await ShellRun(
      """
      noise() {
        "$STIPPLE" noise pictures -o n.h5 --timesteps every=50 --seed "$1" > log-"$1" 2>&1
        echo $? > status-"$1"
      }
      noise 1 & noise 2 & wait
      cat status-1 status-2 | sort | tr '\\n' ' '
      cat log-1 log-2 | grep -c "n.h5: already exists with other contents"
      ls -A | grep -c stipple
      """, in: folder.path)
    #expect(run.output == "0 1 1\n0\n", "\(run)")
  }

  @Test(.enabled(if: Namespaces.arePossible, Namespaces.reason))
  func `a live run in another container loses nothing to a second start`() async throws {
    let run = try await ShellRun(
      Self.train + """
        export STIPPLE
        apart() { unshare -rpf --kill-child bash -c "$1"; }
        \(Self.live) > live 2>&1 & live=$!
        until [ -e run/metrics.csv ]; do sleep 0.02; done
        for i in 1 2 3; do status train --steps 100000 | tail -n 1; done
        touch enough
        wait $live
        tail -n 1 live
        find . -name '*.stipple-partial' | wc -l
        """, in: folder.path)
    #expect(run.output.hasPrefix("status 1\nstatus 1\nstatus 1\nstatus 143\n"), "\(run)")
    #expect(run.lastLine == "0", "\(run)")
  }

  /// A training in a PID namespace of its own, which is asked to end when the file `enough` is there.
  private static let live = #"""
    apart '"$STIPPLE" train pictures -o run --preset tiny --size 16 --batch 4 --sample-every 0 \
      --checkpoint-every 2 --steps 100000 & job=$!
      until [ -e enough ]; do sleep 0.02; done
      kill -TERM $job; wait $job; echo "status $?"'
    """#

  @Test func `a checkpoint under another step's name is told of, and its state decides`()
    async throws
  {
    let run = try await ShellRun(
      Self.train + """
        train --steps 4 > log
        cp run/checkpoints/step-00000002.h5 run/checkpoints/step-00000099.h5
        "$STIPPLE" inspect run 2>&1 | grep -E "^run/checkpoints/step-00000099|^step"
        status train --steps 6 > log
        grep -E "is a checkpoint of|resuming from|status" log
        ls run/checkpoints
        rm run/checkpoints/step-0000000[24].h5
        mv run/checkpoints/step-00000006.h5 run/checkpoints/step-00000003.h5
        status train --steps 8 > log
        grep -E "is a checkpoint of|resuming from|status" log
        """, in: folder.path)
    #expect(
      run.output == """
        run/checkpoints/step-00000099.h5: is a checkpoint of step 2; it is used as such
        step       4, 16 images seen
        run/checkpoints/step-00000099.h5: is a checkpoint of step 2; it is set aside as \
        step-00000099.h5.misnamed
        resuming from step-00000004.h5, 16 images seen
        status 0
        step-00000002.h5
        step-00000004.h5
        step-00000006.h5
        step-00000099.h5.misnamed
        run/checkpoints/step-00000003.h5: is a checkpoint of step 6; it is renamed to \
        step-00000006.h5
        resuming from step-00000006.h5, 24 images seen
        status 0

        """, "\(run)")
  }

  @Test func `a batch that has nothing to do removes what others have left too`() async throws {
    let whole = try await TrainedRun.shared.path.string
    let run = try await ShellRun(
      """
      for again in 1 2; do
        "$STIPPLE" generate "$1" -o new -n 2 --steps 1
        "$STIPPLE" denoise --model "$1" pictures -o clean --sigma 25
        find new clean -name '.*' | wc -l >&2
        touch new/.000000.png.1f0c2297060e2a3e.stipple-partial
        touch clean/.000000.png.1f0c2297060e2a3e.stipple-partial
      done 2>&1 | grep -v images
      """, [whole], in: folder.path)
    #expect(run.output == "0\n0\n", "\(run)")
  }

  @Test func `files and folders have the rights that the umask leaves`() async throws {
    let run = try await ShellRun(
      Self.train + """
        umask 002
        train --steps 2 --record-noised first=1 > log
        "$STIPPLE" generate run -o new -n 1 --steps 1 --trajectory t.h5 --grid g.png 2> log
        "$STIPPLE" noise pictures -o n.h5 --timesteps 0 --png png 2> log
        "$STIPPLE" export run -o exported 2> log
        find run new t.h5 g.png n.h5 png exported -type f ! -perm 664 -o -type d ! -perm 775
        find run new -type f | wc -l
        """, in: folder.path)
    #expect(run.status == 0, "\(run)")
    #expect(run.output.split(separator: "\n").count == 1, "\(run)")
  }
}

/// Folders that cannot be listed, for lack of rights or by errors that a library before the system's gives.
@Suite struct ListingTests {
  private static let library = #"""
    cat > fail.c << 'END'
    #define _GNU_SOURCE
    #include <dirent.h>
    #include <dlfcn.h>
    #include <errno.h>
    #include <signal.h>
    #include <stdlib.h>
    #include <string.h>
    #include <unistd.h>
    static int fails(const char *call, const char *path) {
      const char *name = getenv("FAIL_CALL"), *part = getenv("FAIL_PATH");
      const char *last = getenv("KILL_CALL");
      if (last && !strcmp(last, call)) raise(SIGKILL);
      if (!name || strcmp(name, call) || !strstr(path, part)) return 0;
      errno = atoi(getenv("FAIL_CODE"));
      return 1;
    }
    DIR *opendir(const char *path) {
      DIR *(*next)(const char *) = (DIR *(*)(const char *))dlsym(RTLD_NEXT, "opendir");
      return fails("opendir", path) ? NULL : next(path);
    }
    int access(const char *path, int mode) {
      int (*next)(const char *, int) = (int (*)(const char *, int))dlsym(RTLD_NEXT, "access");
      return fails("access", path) ? -1 : next(path, mode);
    }
    int flock(int file, int operation) {
      int (*next)(int, int) = (int (*)(int, int))dlsym(RTLD_NEXT, "flock");
      return fails("flock", "") ? -1 : next(file, operation);
    }
    int renameat2(int a, const char *from, int b, const char *to, unsigned flags) {
      int (*next)(int, const char *, int, const char *, unsigned) =
          (int (*)(int, const char *, int, const char *, unsigned))dlsym(RTLD_NEXT, "renameat2");
      return fails("renameat2", to) ? -1 : next(a, from, b, to, flags);
    }
    END
    clang -shared -fPIC -o fail.so fail.c -ldl || exit 99
    train() {
      "$STIPPLE" train pictures -o run --preset tiny --size 16 --batch 4 --sample-every 0 \
        --checkpoint-every 2 "$@" 2>&1
    }
    # failing CALL CODE PATH COMMAND…
    failing() {
      local status=0
      LD_PRELOAD=$PWD/fail.so FAIL_CALL=$1 FAIL_CODE=$2 FAIL_PATH=$3 "${@:4}" || status=$?
      echo "status $status"
    }

    """#

  private func run(_ script: String) async throws -> ShellRun {
    let folder = try TemporaryFolder()
    try TestImages.copyFlowers(8, to: folder / "pictures")
    return try await ShellRun(Self.library + script, in: folder.path)
  }

  @Test(
    .enabled(if: Tools.has("clang"), "there is no clang to build a library with"),
    arguments: [
      (5, "Input/output error"), (13, "Permission denied"), (24, "Too many open files"),
      (116, "Stale file handle"),
    ])
  func `a run whose checkpoints cannot be listed is not begun anew`(code: Int, words: String)
    async throws
  {
    let run = try await run(
      """
      train --steps 4 > log
      failing opendir \(code) /checkpoints train --steps 6 | tail -n 2
      failing opendir \(code) /checkpoints "$STIPPLE" generate run -o new -n 1 2>&1 | tail -n 2
      failing access \(code) /config.yaml train --steps 6 | tail -n 2
      train --steps 6 | grep -o "resuming from step-00000004.h5"
      """)
    #expect(
      run.output == """
        Error: run/checkpoints: could not be listed: \(words)
        status 1
        Error: run/checkpoints: could not be listed: \(words)
        status 1
        Error: run/config.yaml: could not be looked for: \(words)
        status 1
        resuming from step-00000004.h5

        """, "\(run)")
  }

  @Test(.enabled(if: Tools.has("clang"), "there is no clang to build a library with"))
  func `without locks and without renaming that keeps what is there all works too`() async throws {
    let run = try await run(
      """
      failing flock 95 "" train --steps 2 | tail -n 1
      failing flock 95 "" "$STIPPLE" generate run -o new -n 1 --steps 1 2> log
      echo "process 1 on a" > run/lock; echo "token 1" >> run/lock
      failing flock 95 "" train --steps 4 | grep -o "is being trained by process 1 on a; .*"
      touch -d "1 hour ago" run/lock
      failing flock 95 "" train --steps 4 | tail -n 1
      failing renameat2 22 "" "$STIPPLE" generate run -o new2 -n 2 --steps 1 2> log
      failing renameat2 22 "" "$STIPPLE" noise pictures -o n.h5 --timesteps 0 2> log
      find . -name '.*stipple*' | wc -l
      stat -c %h n.h5
      """)
    #expect(
      run.output == """
        status 0
        status 0
        is being trained by process 1 on a; this file system has no locks: if that process was killed, the folder is free after 120 seconds
        status 0
        status 0
        status 0
        0
        1

        """, "\(run)")
  }

  @Test(.enabled(if: Tools.has("clang"), "there is no clang to build a library with"))
  func `without locks an unfinished file is gone on with once its time stands still`() async throws
  {
    let run = try await run(
      """
      noise() { "$STIPPLE" noise pictures -o "$1" --timesteps all --size 32 --fit resize 2>&1; }
      noise whole.h5 > log
      # Killed just before the file gets its name.
      KILL_CALL=renameat2 failing flock 95 "" noise n.h5 > log
      # It may be somebody's as yet.
      failing flock 95 "" noise n.h5 | grep -c "before an interruption"
      rm n.h5
      touch -d "1 hour ago" .n.h5.*.stipple-unfinished
      failing flock 95 "" noise n.h5 | grep -c "before an interruption"
      cmp n.h5 whole.h5 && find . -name '.*stipple*' | wc -l
      """)
    // The shell says first that it was killed.
    #expect(run.output.hasSuffix("0\n1\n0\n"), "\(run)")
  }
}

/// Whether a process here may have PID namespaces of its own.
private enum Namespaces {
  static let reason: Comment = "the system allows no PID namespaces: unshare -rpf true"
  static let arePossible = Tools.succeeds("unshare -rpf --kill-child true")
}
