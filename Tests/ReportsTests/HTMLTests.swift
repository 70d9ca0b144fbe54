import Foundation
import Reports
import Testing

/// No text becomes markup.
@Suite struct HTMLTests {
  @Test(arguments: [
    ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
    ("\" onload='x' a=\"", "&quot; onload=&#39;x&#39; a=&quot;"),
    ("a&b", "a&amp;b"), ("two\nlines", "two\\nlines"), ("\u{202e}gnp.exe", "\\u{202e}gnp.exe"),
    ("\u{1b}[31m", "\\x1b[31m"), ("\u{ffff}", "\u{fffd}"), ("plain ä 中", "plain ä 中"),
  ])
  func `texts and attributes are escaped`(_ text: String, _ expected: String) {
    #expect(HTML(text).markup == expected)
    #expect(HTML.tag("p", "\(text)").markup == "<p>\(expected)</p>")
    #expect(HTML.empty("img", ["alt": text]).markup == "<img alt=\"\(expected)\">")
  }

  @Test func `a literal is a text, an attribute without a value is left out`() {
    #expect(HTML.tag("b", ["class": nil, "id": "x"], "1 < 2").markup == "<b id=\"x\">1 &lt; 2</b>")
  }

  @Test func `data do not end the script that holds them`() {
    let data = HTML.data("{\"n\":\"</script><script>\"}").markup
    #expect(data.components(separatedBy: "</script>").count == 2, "\(data)")
    #expect(data.contains("\\u003c/script\\u003e"))
  }
}
