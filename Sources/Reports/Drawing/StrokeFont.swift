/// Letters as strokes, made of a font of 5 x 7 dots: neighboring dots are joined.
enum StrokeFont {
  struct Glyph {
    /// In dots, the next letter's distance included.
    let width: Double
    /// Lines from dot to dot, y from the head down.
    let strokes: [[Point]]
  }

  /// Columns of dots from the left of the characters from space on, the lowest bit at the top; the eighth bit is
  /// below the baseline.
  private static let dots = """
    0000000000 00005f0000 0007000700 147f147f14 242a7f2a12 2313086462 3649562050 0008070300
    001c224100 0041221c00 2a1c7f1c2a 08083e0808 0080703000 0808080808 0000606000 2010080402
    3e5149453e 00427f4000 7249494946 2141494d33 1814127f10 2745454539 3c4a494931 4121110907
    3649494936 464949291e 0000140000 0040340000 0008142241 1414141414 0041221408 0201590906
    3e415d594e 7c1211127c 7f49494936 3e41414122 7f4141413e 7f49494941 7f09090901 3e41415173
    7f0808087f 00417f4100 2040413f01 7f08142241 7f40404040 7f021c027f 7f0408107f 3e4141413e
    7f09090906 3e4151215e 7f09192946 2649494932 03017f0103 3f4040403f 1f2040201f 3f4038403f
    6314081463 0304780403 6159494d43 007f414141 0204081020 004141417f 0402010204 4040404040
    0003070800 2054547840 7f28444438 3844444428 384444287f 3854545418 00087e0902 18a4a49c78
    7f08040478 00447d4000 2040403d00 7f10284400 00417f4000 7c04780478 7c08040478 3844444438
    fc18242418 18242418fc 7c08040408 4854545424 04043f4424 3c4040207c 1c2040201c 3c4030403c
    4428102844 4c9090907c 4464544c44 0008364100 0000770000 0041360800 0201020402
    """.split { " \n".contains($0) }

  static func glyph(_ letter: Character) -> Glyph {
    let known = letter.asciiValue.map { Int($0) - 32 } ?? -1
    // A box for what the font does not have.
    let text = dots.indices.contains(known) ? dots[known] : "7f4141417f"
    let bits = stride(from: 0, to: 10, by: 2).map { i in
      Int(text.dropFirst(i).prefix(2), radix: 16) ?? 0
    }
    func isSet(_ x: Int, _ y: Int) -> Bool {
      (0..<5).contains(x) && (0..<8).contains(y) && bits[x] >> y & 1 == 1
    }
    let used = bits.indices.filter { bits[$0] != 0 }
    guard let first = used.first, let last = used.last else { return Glyph(width: 4, strokes: []) }
    var strokes: [[Point]] = []
    for x in first...last {
      for y in 0..<8 where isSet(x, y) {
        func join(_ dx: Int, _ dy: Int) {
          let from = Point(Double(x - first), Double(y))
          strokes.append([from, Point(Double(x + dx - first), Double(y + dy))])
        }
        var isAlone = true
        for (dx, dy) in [(1, 0), (0, 1), (-1, 0), (0, -1)] where isSet(x + dx, y + dy) {
          isAlone = false
          if dx + dy > 0 { join(dx, dy) }
        }
        for (dx, dy) in [(1, 1), (1, -1), (-1, 1), (-1, -1)] where isSet(x + dx, y + dy) {
          isAlone = false
          // Corners that are joined by way of a side need no shortcut.
          if dx > 0, !isSet(x + dx, y), !isSet(x, y + dy) { join(dx, dy) }
        }
        if isAlone { strokes.append([Point(Double(x - first), Double(y))]) }
      }
    }
    return Glyph(width: Double(last - first) + 2.4, strokes: strokes)
  }

  /// In dots.
  static func width(of text: String) -> Double {
    text.reduce(0) { $0 + glyph($1).width } - (text.isEmpty ? 0 : 1.4)
  }
}
