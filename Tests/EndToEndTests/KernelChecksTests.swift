import SystemPackage
import TestSupport
import Testing

/// `tools/try-kernels`, which runs for minutes, starts from these sources.
@Suite struct KernelChecksTests {
  @Test(.enabled(if: Tools.has("clang"), "there is no clang to compile them with"))
  func `the checks of kernels know the kernels as they are`() async throws {
    let root = FilePath(#filePath).removingLastComponent().removingLastComponent()
      .removingLastComponent()
    let run = try await ShellRun(
      """
      for file in "$1"/tools/kernels/*.c; do
        clang -fsyntax-only -I "$1/Sources/CKernels/include" -I "$1/Sources/COpenMP/include" "$file" 2>&1
      done
      """, [root.string], in: root)
    #expect(run.status == 0 && run.output.isEmpty, "\(run)")
  }
}
