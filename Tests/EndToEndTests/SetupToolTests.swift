import SystemPackage
import TestSupport
import Testing

/// `tools/setup` on systems that are not this one: what it calls there are scripts in the one folder of its PATH.
@Suite struct SetupToolTests {
  /// Makes such a system with all that Stipple needs, and then runs `changes` and the tool.
  ///
  /// - Parameter changes: bash. A file of `versions` is what pkg-config knows; what lies in `after` is there once a
  ///   package was installed; `fake NAME SCRIPT` makes a program.
  private func run(_ changes: String) async throws -> (run: ShellRun, calls: [String]) {
    let folder = try TemporaryFolder()
    let tool = FilePath(#filePath).removingLastComponent().removingLastComponent()
      .removingLastComponent().appending("tools/setup")
    let script = #"""
      fake() { printf '#!%s\n%s\n' "$BASH" "$2" > "bin/$1"; chmod +x "bin/$1"; }
      version() { printf '#define DNNL_VERSION_MAJOR %s\n#define DNNL_VERSION_MINOR %s\n#define DNNL_VERSION_PATCH %s\n' \
        "$@" > include/oneapi/dnnl/dnnl_version.h; }
      manager() { fake "$1" "echo $1 \"\$@\" >> calls; cp after/* versions; $2"; }
      mkdir -p bin versions after include/oneapi/dnnl
      for program in bash cat cp cut dirname env find git grep head id mktemp paste readlink rm sed sort tail tee uname; do
        ln -s "$(command -v $program)" bin/
      done
      fake sudo 'exec "$@"'
      fake ld.gold :
      fake swift 'echo "Swift version 6.2.3 (swift-6.2.3-RELEASE)"'
      fake pkg-config 'cat "versions/$2" 2> /dev/null'
      for library in 'libpng 1.6.43' 'libdeflate 1.20' 'libturbojpeg 2.1.5' 'hdf5 1.14.3'; do
        echo "${library#* }" > "versions/${library% *}"
      done
      version 3 4 1
      : > after/none
      eval "$2"
      PATH=$PWD/bin CPATH=$PWD/include TMPDIR=$PWD "$BASH" "$1"
      status=$?
      echo "== calls"
      cat calls 2> /dev/null
      exit $status
      """#
    let run = try await ShellRun(script, [tool.string, changes], in: folder.path)
    let parts = run.output.split(separator: "\n", omittingEmptySubsequences: false)
      .split(separator: "== calls").map { $0.map(String.init).filter { !$0.isEmpty } }
    return (run, parts.count > 1 ? parts[1] : [])
  }

  @Test func `nothing is said or done where all is there`() async throws {
    let (run, calls) = try await run("manager dnf :")
    #expect(run.status == 0, "\(run)")
    #expect(run.output == "== calls\n", "\(run)")
    #expect(calls.isEmpty)
  }

  /// A package manager, what it prints, and how it is called.
  private static let managers: [(name: String, prints: String, package: String, call: String)] = [
    (
      "apt-get",
      "Selecting previously unselected package libhdf5-dev.\nSetting up libhdf5-dev (1.14.5-3) ...",
      "libhdf5-dev (1.14.5-3)",
      "apt-get -y --no-upgrade --no-install-recommends install libturbojpeg0-dev libhdf5-dev"
    ),
    (
      "dnf", "Running transaction\n  Installing       : hdf5-devel-1.14.5-1.fc42.x86_64     1/2",
      "hdf5-devel-1.14.5-1.fc42.x86_64",
      "dnf -y --setopt=install_weak_deps=False install turbojpeg-devel hdf5-devel"
    ),
    (
      "pacman", "resolving dependencies...\ninstalling hdf5...", "hdf5",
      "pacman -S --noconfirm --noprogressbar --needed libjpeg-turbo hdf5"
    ),
    (
      "zypper", "Retrieving: hdf5-devel\n(1/2) Installing: hdf5-devel-1.14.6-1.1.x86_64 [..done]",
      "hdf5-devel-1.14.6-1.1.x86_64",
      "zypper --non-interactive install --no-recommends libjpeg8-devel hdf5-devel"
    ),
    (
      "brew", "==> Fetching hdf5\n==> Pouring hdf5--1.14.6.arm64_sequoia.bottle.tar.gz",
      "hdf5--1.14.6.arm64_sequoia", "brew install jpeg-turbo hdf5"
    ),
  ]

  @Test(arguments: managers.indices)
  func `what is missing is installed by each package manager, a line a package`(
    _ index: Int
  ) async throws {
    let it = Self.managers[index]
    let (run, calls) = try await run(
      """
      for program in rpm apt-cache; do fake $program 'exit 1'; done
      fake apt-cache '[ "$1 $2" = "show --no-all-versions" ]'
      manager \(it.name) '[ "$1" != -Q ] && [ "$1" != list ] || exit 1; echo "\(it.prints)"'
      mv versions/hdf5 versions/libturbojpeg after/
      """)
    #expect(run.status == 0, "\(run)")
    let packages = it.call.split(separator: " ").suffix(2).joined(separator: " ")
    #expect(
      run.output.hasPrefix(
        "tools/setup: installing \(packages) with \(it.name)\n  \(it.package)\n== calls\n"),
      "\(run)")
    #expect(calls.last == it.call, "\(run)")
  }

  @Test(
    .enabled(
      if: !Tools.succeeds("[ -e /usr/libexec/swift/bin/ld.lld ]"), "this Swift has its own linker"),
    arguments: [("nothing", "binutils-gold"), ("binutils-gold", "binutils")])
  func `the linker of Swift's toolchains is installed, which Debian 13 has in a package of its own`(
    _ unknown: String, _ package: String
  ) async throws {
    let (run, calls) = try await run(
      """
      rm bin/ld.gold
      fake apt-cache '[ "$1 $2" = "show --no-all-versions" ] && [ "$3" != \(unknown) ]'
      manager apt-get 'cp bin/sudo bin/ld.gold'
      """)
    #expect(run.status == 0, "\(run)")
    #expect(
      calls.last == "apt-get -y --no-upgrade --no-install-recommends install \(package)", "\(run)")
  }

  @Test func `what is installed and not found is named and not upgraded`() async throws {
    let (run, calls) = try await run(
      """
      fake rpm '[ "$2" = hdf5-devel ]'
      manager dnf 'rm -f versions/hdf5'
      rm versions/hdf5 versions/libpng
      echo 1.6.40 > after/libpng
      """)
    #expect(run.status == 1, "\(run)")
    #expect(calls == ["dnf -y --setopt=install_weak_deps=False install libpng-devel"], "\(run)")
    #expect(
      run.output.contains("\ntools/setup: HDF5 not found, though installed: hdf5-devel\n"), "\(run)"
    )
  }

  @Test func `a failure shows what the package manager said`() async throws {
    let (run, _) = try await run(
      """
      fake rpm 'exit 1'
      manager zypper 'echo "No provider of hdf5-devel found."; exit 104'
      rm versions/hdf5
      """)
    #expect(run.status == 1, "\(run)")
    #expect(
      run.output.contains(
        "  No provider of hdf5-devel found.\ntools/setup: zypper could not install all of hdf5-devel\n"
      ),
      "\(run)")
  }

  @Test(arguments: [
    ("echo 1.10.4 > versions/hdf5", "HDF5 1.10.4 is too old: Stipple needs 1.10.7", "hdf5-devel"),
    ("version 2 1 0", "oneDNN 2.1.0 is too old: Stipple needs 2.2", "onednn-devel"),
    (
      "echo 1.5.3 > versions/libturbojpeg", "libjpeg-turbo 1.5.3 is too old: Stipple needs 2.0",
      "turbojpeg-devel"
    ),
  ])
  func `what is too old is named with the package that has it`(
    _ change: String, _ problem: String, _ package: String
  ) async throws {
    let (run, calls) = try await run("manager dnf :; \(change)")
    #expect(run.status == 1, "\(run)")
    #expect(
      run.output.hasPrefix(
        "tools/setup: \(problem) or later; please upgrade the package \(package)\n"), "\(run)")
    #expect(calls.isEmpty)
  }

  @Test func `versions that will do are left alone`() async throws {
    for change in ["version 2 2 0", "echo 2.2.0 > versions/hdf5", "echo 1.10.7 > versions/hdf5"] {
      let (run, _) = try await run(change)
      #expect(run.status == 0 && run.output == "== calls\n", "\(change): \(run)")
    }
  }

  @Test func `without a package manager the libraries are named`() async throws {
    let (run, _) = try await run("rm versions/hdf5 versions/libpng")
    #expect(run.status == 1, "\(run)")
    #expect(run.output.hasPrefix("tools/setup: please install libpng and HDF5"), "\(run)")
  }

  @Test(arguments: [
    ("fake swift 'echo Swift version 6.0.3'", "Swift 6.0.3 is too old; Stipple needs 6.2 or later"),
    ("rm bin/swift", "Swift is not installed or not in PATH; Stipple needs 6.2 or later"),
    ("fake swift 'echo broken; exit 127'", "swift --version fails: broken"),
  ])
  func `Swift is missing, too old or broken`(_ change: String, _ problem: String) async throws {
    let (run, _) = try await run(change)
    #expect(run.status == 1, "\(run)")
    #expect(run.output.hasPrefix("tools/setup: \(problem)"), "\(run)")
  }
}
