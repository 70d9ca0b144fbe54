import Files
import HDF5
import SystemPackage
import TestSupport
import Testing

@Suite struct RoundTripTests {
  private let folder: TemporaryFolder
  private let path: FilePath

  init() throws {
    folder = try TemporaryFolder()
    path = folder / "a.h5"
  }

  /// Writes a file with one dataset `a/x` and gives back what is read from it.
  private func roundTrip<T: Element>(
    _ values: [T], shape: [Int], as type: ElementType? = nil
  ) throws -> (dataset: StoredDataset, values: [T]) {
    let file = try File.create(path)
    try file.root.createGroup("a").write("x", values, shape: shape, as: type)
    try file.publish()
    let dataset = try File.open(path).root.dataset("a/x")
    #expect(dataset.shape == shape)
    #expect(dataset.isChecksummed)
    return (dataset, try dataset.read())
  }

  @Test func `floats keep every bit`() throws {
    let values: [Float] = [
      0, -0.0, 1, -1.5, .pi, .leastNonzeroMagnitude, .greatestFiniteMagnitude, .infinity,
      -.infinity, .nan, Float(bitPattern: 0x7fc1_2345), Float(bitPattern: 0x1234),
    ]
    let read = try roundTrip(values, shape: [2, 3, 2])
    #expect(read.dataset.type == .float32)
    #expect(read.values.map(\.bitPattern) == values.map(\.bitPattern))
  }

  @Test func `doubles keep every bit`() throws {
    let values: [Double] = [0.1, -1e300, .leastNonzeroMagnitude, .nan]
    let read = try roundTrip(values, shape: [4])
    #expect(read.dataset.type == .float64)
    #expect(read.values.map(\.bitPattern) == values.map(\.bitPattern))
  }

  @Test func `integers of every size come back`() throws {
    #expect(try roundTrip([Int64.min, -1, .max], shape: [3]).values == [.min, -1, .max])
    #expect(try roundTrip([Int.min, -1, .max], shape: [3]).values == [.min, -1, .max])
    #expect(try roundTrip([Int32.min, -1, .max], shape: [3]).values == [.min, -1, .max])
    #expect(try roundTrip([UInt8](0...255), shape: [16, 16]).values == [UInt8](0...255))
    #expect(try File.open(path).root.dataset("a/x").read(Int.self) == [Int](0...255))
  }

  @Test(arguments: [ElementType.float16, .float32], [[16, 63], [5, 300]])
  func `packed numbers come back, with a checksum`(type: ElementType, shape: [Int]) throws {
    let values = (0..<shape.reduce(1, *)).map { Float($0 % 50) / 4 }
    let file = try File.create(path)
    try values.withUnsafeBufferPointer { values in
      _ = try file.root.write("x", values, shape: shape, as: type, isPacked: true)
      _ = try file.root.write("plain", values, shape: shape, as: type)
    }
    try file.publish()
    let dataset = try File.open(path).root.dataset("x")
    #expect(dataset.type == type && dataset.shape == shape && dataset.isChecksummed)
    #expect(try dataset.read(Float.self) == values)
    try dataset.verify()
    #expect(try File.open(path).root.dataset("plain").read(Float.self) == values)
  }

  @Test func `floats written as halves come back rounded`() throws {
    let values: [Float] = [0, -2, 0.1, 65504, 65536, 1e-8, .nan]
    let read = try roundTrip(values, shape: [7], as: .float16)
    #expect(read.dataset.type == .float16)
    #expect(
      read.values.map { "\($0)" } == ["0.0", "-2.0", "0.099975586", "65504.0", "inf", "0.0", "nan"])
    #expect(try read.dataset.read(Double.self)[2] == 0.0999755859375)
  }

  @Test func `texts come back without their padding`() throws {
    let texts = ["a.png", "", "ordner/größe 雪.png"]
    let file = try File.create(path)
    try file.root.write("source", texts)
    try file.root.write("none", [String]())
    try file.publish()
    let root = try File.open(path).root
    #expect(try root.dataset("source").texts() == texts)
    #expect(try root.dataset("none").texts() == [])
  }

  @Test func `attributes of all kinds come back`() throws {
    let long = String(repeating: "configuration é ", count: 3000)
    let file = try File.create(path)
    let group = try file.root.createGroup("g")
    try group.setAttribute("text", "größe")
    try group.setAttribute("empty", "")
    try group.setAttribute("long", long)
    try group.setAttribute("texts", ["a", "bcd"])
    try group.setAttribute("integer", -7)
    try group.setAttribute("integers", [1, 2, 3])
    try group.setAttribute("seed", UInt64.max)
    try group.setAttribute("double", 0.25)
    try group.setAttribute("doubles", [0.5, 1e100])
    try file.publish()

    let read = try File.open(path).root.group("g")
    #expect(try read.attribute("text").text() == "größe")
    #expect(try read.attribute("empty").text() == "")
    #expect(try read.attribute("long").text() == long)
    #expect(try read.attribute("texts").texts() == ["a", "bcd"])
    #expect(try read.attribute("integer").integer() == -7)
    #expect(try read.attribute("integers").integers() == [1, 2, 3])
    #expect(try read.attribute("seed").unsignedInteger() == .max)
    #expect(try read.attribute("double").double() == 0.25)
    #expect(try read.attribute("doubles").doubles() == [0.5, 1e100])
    #expect(
      try read.attributeNames() == [
        "double", "doubles", "empty", "integer", "integers", "long", "seed", "text", "texts",
      ])
    #expect(try !read.hasAttribute("other"))
  }

  @Test func `names are sorted and groups nest`() throws {
    let file = try File.create(path)
    let root = try file.root
    try root.write("b", [1])
    try root.createGroup("a").createGroup("c").write("x.weight", [2])
    try file.publish()
    let read = try File.open(path).root
    #expect(read.names() == ["a", "b"])
    #expect(try read.allDatasets().map(\.name) == ["a/c/x.weight", "b"])
    #expect(try read.contains("a/c/x.weight"))
    #expect(try !read.contains("a/d/x.weight"))
    #expect(try read.group("a").dataset("c/x.weight").read(Int.self) == [2])
  }

  @Test func `an empty dataset has no elements`() throws {
    #expect(try roundTrip([Float](), shape: [0]).values == [])
    #expect(try roundTrip([Float](), shape: [3, 0, 2]).values == [])
  }

  @Test func `leading indices choose a part`() throws {
    let dataset = try roundTrip((0..<24).map(Float.init), shape: [2, 3, 4]).dataset
    #expect(try dataset.read(Float.self, at: [1]) == (12..<24).map(Float.init))
    #expect(try dataset.read(Float.self, at: [0, 2]) == [8, 9, 10, 11])
    #expect(try dataset.read(Float.self, at: [1, 0, 3]) == [15])
  }

  @Test func `pieces are written where their index says`() throws {
    let file = try File.create(path)
    let dataset = try file.root.createDataset("x", .float16, shape: [3, 2], chunk: [2, 2])
    try dataset.write([Float(5), 6], at: [2])
    try dataset.write([Float(1), 2], at: [0])
    try dataset.write([Float(4)], at: [1, 1])
    try dataset.write([Float(3)], at: [1, 0])
    try file.publish()
    #expect(try File.open(path).root.dataset("x").read(Float.self) == [1, 2, 3, 4, 5, 6])
  }

  @Test func `chunks written past the filters are checked like all others`() throws {
    let file = try File.create(path)
    let dataset = try file.root.createDataset("x", .uint8, shape: [3, 5], chunk: [2, 5])
    let buffer = ChunkBuffer(elementBytes: dataset.chunkBytes)
    for (row, values) in [(0, [UInt8](1...10)), (2, [UInt8](11...15))] {
      values.withUnsafeBytes { buffer.fill(from: $0) }
      buffer.seal()
      try dataset.write(buffer, at: [row, 0])
    }
    try file.publish()
    let read = try File.open(path).root.dataset("x")
    #expect(read.isChecksummed)
    try read.verify()
    #expect(try read.read(UInt8.self) == [UInt8](1...15))
  }

  /// Around the lengths at which our sums change their way: 16 words, and 360 rows of them.
  @Test(arguments: [1, 2, 3, 31, 32, 33, 63, 65, 1000, 11519, 11520, 11521, 11552, 40001])
  func `our checksums are the C library's`(_ count: Int) throws {
    let patterns: [(Int) -> UInt8] = [
      { UInt8(truncatingIfNeeded: $0 &* $0 &* 31 &+ $0 >> 3) }, { _ in 0xff }, { _ in 0 },
      { $0 == count - 1 ? 1 : 0 },
    ]
    let file = try File.create(path)
    for (number, pattern) in patterns.enumerated() {
      try file.root.write("\(number)", (0..<count).map(pattern))
    }
    try file.publish()
    let root = try File.open(path).root
    for (number, pattern) in patterns.enumerated() {
      #expect(try root.dataset("\(number)").read(UInt8.self) == (0..<count).map(pattern))
    }
  }

  @Test func `a dataset is cut off where its data end`() throws {
    let file = try File.create(path)
    for (name, rows) in [("some", 3), ("none", 0)] {
      let dataset = try file.root.createDataset(name, .int64, shape: [9, 2], chunk: [2, 2])
      for row in 0..<rows { try dataset.write([row, row], at: [row]) }
      try dataset.shorten(to: rows)
    }
    try file.publish()
    let root = try File.open(path).root
    #expect(try root.dataset("some").shape == [3, 2])
    #expect(try root.dataset("some").read(Int.self) == [0, 0, 1, 1, 2, 2])
    #expect(try root.dataset("none").shape == [0, 2])
  }

  @Test func `large datasets are split along their first axis`() throws {
    let file = try File.create(path)
    let dataset = try file.root.createDataset("x", .float32, shape: [5, 8 << 20])
    #expect(dataset.chunk == [2, 8 << 20])
    #expect(
      try file.root.createDataset("y", .float32, shape: [5, 32 << 20]).chunk == [1, 32 << 20])
    #expect(try file.root.createDataset("z", .float32, shape: [5, 6]).chunk == [5, 6])
  }

  @Test func `scales name the axes`() throws {
    let file = try File.create(path)
    let root = try file.root
    let x = try root.write("x", [Float](repeating: 1, count: 6), shape: [2, 3])
    let timesteps = try root.write("timesteps", [0, 500, 999])
    let images = try root.write("images", [4, 5])
    try Dataset.makeScales([images, timesteps], of: [(x, [images, timesteps])])
    try x.label(axes: ["image", ""])
    try file.publish()
    let read = try File.open(path).root
    #expect(try read.dataset("timesteps").attribute("CLASS").text() == "DIMENSION_SCALE")
    #expect(try read.dataset("timesteps").attribute("NAME").text() == "timesteps")
    #expect(try read.dataset("x").attribute("DIMENSION_LABELS").texts() == ["image", ""])
    #expect(try read.dataset("x").hasAttribute("DIMENSION_LIST"))
  }

  @Test func `a file appears only when it is published`() throws {
    let file = try File.create(path)
    try file.root.write("x", [1])
    #expect(try !folder.names().contains("a.h5"))
    try file.publish()
    #expect(try folder.names() == ["a.h5"])
    do {
      let unfinished = try File.create(path)
      try unfinished.root.write("x", [2])
    }
    #expect(try folder.names() == ["a.h5"])
    #expect(try File.open(path).root.dataset("x").read(Int.self) == [1])
  }

  @Test func `many threads may read and write at once`() async throws {
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      for number in 0..<8 {
        let path = folder / "\(number).h5"
        tasks.addTask {
          for round in 0..<20 {
            let file = try File.create(path)
            let values = (0..<1000).map { Float($0 * number + round) }
            try file.root.createGroup("g").write("x", values, shape: [10, 100])
            try file.publish()
            let read = try File.open(path).root
            #expect(try read.dataset("g/x").read(Float.self) == values)
            #expect(throws: HDF5Error.self) { try read.dataset("g/y") }
          }
        }
      }
      try await tasks.waitForAll()
    }
  }
}
