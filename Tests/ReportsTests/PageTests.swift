import Foundation
import Reports
import Testing

/// A page stands alone, and a browser runs nothing in it but what is the program's own.
@Suite struct PageTests {
  @Test func `the policy names the digests of the style and the script`() throws {
    let page = Page(title: "a <b>", creator: "stipple 0.1.0", [HTML("x")]).text
    let policy = try #require(Self.between("Content-Security-Policy\" content=\"", "\"", page))
    #expect(policy.hasPrefix("default-src &#39;none&#39;; img-src data:; style-src &#39;sha256-"))
    #expect(!policy.contains("unsafe") && !policy.contains("http"))
    for name in ["style", "script"] {
      let content = try #require(Self.between("<\(name)>", "</\(name)>", page))
      let digest = try Self.digest(content)
      #expect(policy.contains("\(name)-src &#39;sha256-\(digest)&#39;"), "\(name): \(digest)")
    }
    #expect(page.contains("<title>a &lt;b&gt;</title>"))
    #expect(page.hasPrefix(Page.beginning))
  }

  @Test func `nothing in style or script asks for anything from elsewhere`() {
    let page = Page(title: "", creator: "stipple 0.1.0", []).text
    // The name of SVG, which nobody follows.
    let rest = page.replacing("\"http://www.w3.org/2000/svg\"", with: "")
    for word in [
      "http:", "https:", "//", "url(", "@import", "fetch(", "import(", "eval(", "style=\"",
    ] {
      #expect(!rest.contains(word), "\(word)")
    }
  }

  /// As the system's own program has it.
  private static func digest(_ text: String) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", "sha256sum 2>/dev/null || shasum -a 256"]
    let (input, output) = (Pipe(), Pipe())
    (process.standardInput, process.standardOutput) = (input, output)
    try process.run()
    input.fileHandleForWriting.write(Data(text.utf8))
    try input.fileHandleForWriting.close()
    let answer = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let digits = Array(answer.prefix(64).utf8)
    return Data(
      stride(from: 0, to: 64, by: 2).compactMap {
        UInt8(String(decoding: digits[$0..<($0 + 2)], as: UTF8.self), radix: 16)
      }
    ).base64EncodedString()
  }

  private static func between(_ start: String, _ end: String, _ text: String) -> String? {
    guard let from = text.range(of: start),
      let to = text.range(of: end, range: from.upperBound..<text.endIndex)
    else { return nil }
    return String(text[from.upperBound..<to.lowerBound])
  }
}
