import DrawData
import Foundation
import PNGCodec
import SystemPackage
import Testing

/// The pictures of `data/` are the ones that the program draws.
@Suite struct DrawnSetTests {
  static let data = FilePath(#filePath).removingLastComponent().removingLastComponent()
    .removingLastComponent().appending("data")

  @Test(arguments: [0, 1, 63, 1024, 1999])
  func `a committed picture has the pixels that are drawn today`(index: Int) throws {
    let path = Self.data.appending("flowers").appending(Self.name(index))
    let committed = try PNGReader.read(path)
    #expect(committed.format == .rgb)
    #expect(committed.pixels == Scene(seed: 0, image: UInt32(index)).pixels(size: 32))
  }

  @Test func `the table has a row for every picture, with what is drawn in it`() throws {
    let text = try String(
      contentsOfFile: Self.data.appending("factors.csv").string, encoding: .utf8)
    let rows = text.split(separator: "\n").map(String.init)
    #expect(rows.first == Factors.header)
    #expect(rows.count == 2001)
    for (index, row) in rows.dropFirst().enumerated() {
      let scene = Scene(seed: 0, image: UInt32(index))
      #expect(row == scene.factors.row(file: Self.name(index)))
    }
  }

  @Test func `the set has 2,000 pictures and stays under 4 MB`() throws {
    var bytes = 0
    var pictures = 0
    let files = try #require(FileManager.default.enumerator(atPath: Self.data.string))
    while let name = files.nextObject() as? String {
      if name.hasSuffix(".png") { pictures += 1 }
      bytes += files.fileAttributes?[.size] as? Int ?? 0
    }
    #expect(pictures == 2000)
    #expect(bytes < 4_000_000)
  }

  private static func name(_ index: Int) -> String { String(format: "%06d.png", index) }
}
