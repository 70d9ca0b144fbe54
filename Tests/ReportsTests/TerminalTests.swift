import Foundation
import PNGCodec
import Reports
import SystemPackage
import TestSupport
import Testing
import Text

/// What is shown on a terminal: pictures and the course of figures.
@Suite struct TerminalTests {
  @Test(
    arguments: [
      (["TERM": "xterm-kitty"], TerminalGraphics.kitty),
      (["TERM": "xterm-256color", "KITTY_WINDOW_ID": "1"], .kitty),
      (["TERM": "xterm-ghostty", "TERM_PROGRAM": "ghostty"], .kitty),
      (["TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"], .iterm),
      (["TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"], .iterm),
      (["TERM": "xterm-256color", "LC_TERMINAL": "iTerm2"], .iterm),
      (["TERM": "foot"], .sixel), (["TERM": "foot-extra"], .sixel), (["TERM": "mlterm"], .sixel),
      (["TERM": "xterm-sixel"], .sixel),
      (["TERM": "foot", "KITTY_WINDOW_ID": "1"], .sixel),
      (["TERM": "xterm-256color"], nil), ([:], nil),
      (["TERM": "dumb", "KITTY_WINDOW_ID": "1"], nil),
      (["TERM": "tmux-256color", "KITTY_WINDOW_ID": "1"], nil),
      (["TERM": "screen", "LC_TERMINAL": "iTerm2"], nil),
      (["TERM": "xterm-256color", "TERM_PROGRAM": "tmux", "KITTY_WINDOW_ID": "1"], nil),
      (["TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal", "KITTY_WINDOW_ID": ""], nil),
    ] as [([String: String], TerminalGraphics?)])
  func `the environment tells what a terminal shows`(
    environment: [String: String], graphics: TerminalGraphics?
  ) {
    #expect(TerminalGraphics(environment: environment) == graphics)
  }

  private func picture(_ width: Int, _ height: Int) throws -> (TemporaryFolder, InlinePicture) {
    let folder = try TemporaryFolder()
    try TestImages.write("a.png", width: width, height: height, to: folder.path)
    return (folder, try #require(InlinePicture(folder / "a.png")))
  }

  private func size(ofBase64 text: some StringProtocol) throws -> [Int] {
    let data = try #require(Data(base64Encoded: String(text)))
    let folder = try TemporaryFolder()
    try data.write(to: URL(filePath: (folder / "b.png").string))
    let image = try PNGReader.read(folder / "b.png")
    return [image.width, image.height]
  }

  @Test func `kitty gets a PNG in pieces, enlarged as far as there is room`() throws {
    let (_, picture) = try picture(60, 40)
    let text = picture.text(.kitty, width: 400, height: 400)
    let pieces = text.split(separator: "\u{1b}\\").dropLast()
    #expect(pieces.first?.hasPrefix("\u{1b}_Ga=T,f=100,q=2,m=") == true)
    #expect(pieces.dropFirst().dropLast().allSatisfy { $0.hasPrefix("\u{1b}_Gm=1;") })
    #expect(pieces.last?.contains("m=0;") == true && text.hasSuffix("\u{1b}\\\n"))
    let data = pieces.map { $0.split(separator: ";").last ?? "" }
    #expect(data.allSatisfy { $0.utf8.count <= 4096 })
    #expect(try size(ofBase64: data.joined()) == [360, 240])
  }

  @Test func `iTerm2 gets a PNG, made smaller where there is no room`() throws {
    let (_, picture) = try picture(600, 300)
    let text = picture.text(.iterm, width: 200, height: 400)
    #expect(
      text.hasPrefix("\u{1b}]1337;File=inline=1;width=200px;height=100px;preserveAspectRatio=1:"))
    #expect(text.hasSuffix("\u{7}\n"))
    let data = text.dropLast(2).split(separator: ":").last ?? ""
    #expect(try size(ofBase64: data) == [200, 100])
  }

  /// The pixels that sixels draw: a place in the palette each.
  private func pixels(_ sixels: String, width: Int, height: Int) throws -> [[Int]] {
    var rows = [[Int]](repeating: [Int](repeating: -1, count: width), count: height)
    var body = sixels.drop { $0 != "q" }.dropFirst()
    #expect(body.hasPrefix("\"1;1;\(width);\(height)#"))
    body = body.drop { $0 != "#" }
    var (x, top, color, count) = (0, 0, 0, 1)
    while let letter = body.first, letter != "\u{1b}" {
      body = body.dropFirst()
      switch letter {
      case "#":
        let digits = body.prefix { $0.isNumber || $0 == ";" }
        body = body.dropFirst(digits.count)
        let numbers = digits.split(separator: ";").compactMap { Int($0) }
        if numbers.count == 1 { color = numbers[0] }
      case "!":
        let digits = body.prefix { $0.isNumber }
        body = body.dropFirst(digits.count)
        count = Int(digits) ?? 0
      case "$": x = 0
      case "-": (x, top) = (0, top + 6)
      default:
        let bits = Int(letter.asciiValue ?? 63) - 63
        for _ in 0..<count {
          for row in 0..<6 where bits >> row & 1 == 1 {
            let y = top + row
            try #require(y < height && x < width)
            #expect(rows[y][x] == -1, "drawn twice")
            rows[y][x] = color
          }
          x += 1
        }
        count = 1
      }
    }
    return rows
  }

  @Test func `sixels draw every pixel once, of few colors and of many`() throws {
    let folder = try TemporaryFolder()
    var image = PixelImage(width: 13, height: 8, format: .rgb, filledWith: 255)
    for x in 0..<5 { image.pixels[3 * (13 * 7 + x)] = 0 }
    try PNGWriter.write(image, to: folder / "two.png")
    let two = try #require(InlinePicture(folder / "two.png"))
    let rows = try pixels(two.text(.sixel, width: 16, height: 16), width: 13, height: 8)
    #expect(rows[7] == [1, 1, 1, 1, 1] + [Int](repeating: 0, count: 8))
    #expect(rows[..<7].allSatisfy { $0.allSatisfy { $0 == 0 } })

    // All 256 grays are few enough to be drawn as they are.
    var grays = PixelImage(width: 256, height: 6, format: .rgb, filledWith: 0)
    for i in grays.pixels.indices { grays.pixels[i] = UInt8(i / 3 % 256) }
    try PNGWriter.write(grays, to: folder / "grays.png")
    let ramp = try #require(InlinePicture(folder / "grays.png"))
    let drawn = try pixels(ramp.text(.sixel, width: 256, height: 6), width: 256, height: 6)
    #expect(drawn.allSatisfy { $0 == Array(0..<256) })

    let (_, many) = try picture(300, 200)
    let all = try pixels(many.text(.sixel, width: 300, height: 200), width: 300, height: 200)
    #expect(all.allSatisfy { $0.allSatisfy { (0..<252).contains($0) } })
    #expect(Set(all.joined()).count > 100)
  }

  @Test func `a grid holds the images that can be read, and none is no picture`() throws {
    let folder = try TemporaryFolder()
    try TestImages.write("a.png", "b.png", "c.png", width: 10, height: 10, to: folder.path)
    try TestImages.writeBroken(.cutShort, to: folder / "b.png")
    let paths = ["a.png", "b.png", "c.png", "none.png"].map { folder / $0 }
    let text = try #require(InlinePicture(grid: paths)).text(.iterm, width: 30, height: 30)
    // Two beside each other, with margins.
    #expect(text.contains("width=26px;height=14px;"))
    #expect(InlinePicture(grid: [folder / "none.png"]) == nil)
    #expect(InlinePicture(folder / "b.png") == nil)
  }

  @Test func `a sparkline shows where a figure goes`() {
    var line = Sparkline()
    #expect(line.text() == "")
    line.add(1)
    #expect(line.text() == "")
    for value in [0.1, .nan, 0.01] { line.add(value) }
    #expect(line.text() == "█▅▁")
    var long = Sparkline()
    for step in 0..<100_000 { long.add(-Double(step)) }
    #expect(long.text(width: 8) == "█▇▆▅▄▃▂▁")
    var level = Sparkline()
    for _ in 0..<5 { level.add(2) }
    #expect(level.text() == "▁▁▁▁▁")
  }
}
