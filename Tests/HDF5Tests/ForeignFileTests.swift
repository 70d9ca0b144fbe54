import CHDF5
import Files
import HDF5
import SystemPackage
import TestSupport
import Testing

/// Files of other programs: everything that the C library lays out in another way than Stipple does.
@Suite struct ForeignFileTests {
  private let folder: TemporaryFolder
  private let path: FilePath

  init() throws {
    folder = try TemporaryFolder()
    path = folder / "a.h5"
  }

  /// The oldest format that the library writes, as h5py does by default, and that of 1.10.
  enum Format: CaseIterable { case earliest, latest }

  /// Makes a file with the C library itself.
  private func makeFile(_ format: Format, userBlock: UInt64 = 0, _ build: (hid_t) -> Void) {
    Library.enter()
    defer { Library.leave() }
    let access = H5Pcreate(st_h5_file_access())
    // Version 2 of the library begins with the format of 1.8 where it is not told.
    let oldest = format == .latest ? H5F_LIBVER_V110 : H5F_LIBVER_EARLIEST
    H5Pset_libver_bounds(access, oldest, H5F_LIBVER_V110)
    let creation = H5Pcreate(st_h5_file_creation())
    H5Pset_userblock(creation, userBlock)
    let file = H5Fcreate(path.string, st_h5_truncate(), creation, access)
    build(file)
    #expect(H5Fclose(file) >= 0)
    H5Pclose(creation)
    H5Pclose(access)
  }

  /// Adds the numbers from 0 on, as 64-bit integers in memory.
  private func add(
    _ file: hid_t, _ name: String, _ shape: [hsize_t], most: [hsize_t]? = nil,
    type: hid_t? = nil, _ prepare: (hid_t) -> Void = { _ in }
  ) {
    let creation = H5Pcreate(st_h5_dataset_creation())
    prepare(creation)
    let space = H5Screate_simple(CInt(shape.count), shape, most)
    let dataset = H5Dcreate2(file, name, type ?? st_h5_int64(), space, 0, creation, 0)
    #expect(dataset >= 0)
    let values = (0..<Int64(shape.reduce(1, *))).map { $0 }
    #expect(H5Dwrite(dataset, st_h5_native_int64(), 0, 0, 0, values) >= 0)
    H5Dclose(dataset)
    H5Sclose(space)
    H5Pclose(creation)
  }

  private static let endless = hsize_t.max

  /// Shapes, what they may become, and chunks.
  private static let chunked: [(shape: [hsize_t], most: [hsize_t]?, chunk: [hsize_t])] = [
    ([7], nil, [7]), ([7], nil, [3]), ([7, 5], nil, [2, 3]), ([7, 5, 4], nil, [2, 5, 4]),
    ([1500], nil, [1]), ([40, 40], nil, [1, 1]), ([5, 6], [9, 8], [2, 2]),
    ([7], [endless], [3]), ([60], [endless], [1]), ([9, 7], [endless, 7], [2, 3]),
    ([9, 7], [9, endless], [2, 3]), ([9, 7], [20, endless], [2, 3]),
    ([9, 7], [endless, endless], [2, 3]), ([45, 45], [endless, endless], [1, 1]),
    ([0, 3], [endless, 3], [2, 3]), ([3], [endless], [8]),
  ]

  @Test(arguments: Format.allCases, [false, true])
  func `chunks are found in every kind of index`(format: Format, isPacked: Bool) throws {
    makeFile(format) { file in
      for (number, dataset) in Self.chunked.enumerated() {
        add(file, "\(number)", dataset.shape, most: dataset.most) { creation in
          H5Pset_chunk(creation, CInt(dataset.chunk.count), dataset.chunk)
          if isPacked {
            H5Pset_shuffle(creation)
            H5Pset_deflate(creation, 6)
            H5Pset_fletcher32(creation)
          }
        }
      }
    }
    let root = try File.open(path).root
    for (number, expected) in Self.chunked.enumerated() {
      let dataset = try root.dataset("\(number)")
      #expect(dataset.shape == expected.shape.map { Int($0) })
      #expect(dataset.chunk == expected.chunk.map { Int($0) })
      #expect(try dataset.read(Int.self) == Array(0..<dataset.count), "\(expected)")
      if let rows = dataset.shape.first, rows > 1 {
        let row = dataset.count / rows
        #expect(try dataset.read(Int.self, at: [1]) == Array(row..<(2 * row)), "\(expected)")
      }
      try dataset.verify()
    }
  }

  @Test(arguments: Format.allCases) func `elements in one piece and in the header are read`(
    format: Format
  ) throws {
    makeFile(format) { file in
      add(file, "contiguous", [3, 4])
      add(file, "compact", [3, 4]) { H5Pset_layout($0, H5D_COMPACT) }
      add(file, "early", [10]) { creation in
        H5Pset_chunk(creation, 1, [4])
        H5Pset_alloc_time(creation, H5D_ALLOC_TIME_EARLY)
      }
    }
    let root = try File.open(path).root
    for name in ["contiguous", "compact"] {
      #expect(try root.dataset(name).read(Int.self) == Array(0..<12))
      #expect(try root.dataset(name).read(Int.self, at: [2, 1]) == [9])
    }
    #expect(try root.dataset("early").read(Int.self) == Array(0..<10))
  }

  @Test(arguments: Format.allCases, [1, 7, 9, 40, 1000])
  func `groups and attributes of any number are listed`(format: Format, count: Int) throws {
    let names = (0..<count).map { "member \($0) " + String(repeating: "x", count: $0 % 90) }
    makeFile(format) { file in
      let group = H5Gcreate2(file, "g", 0, 0, 0)
      let space = H5Screate(H5S_SCALAR)
      for (number, name) in names.enumerated() {
        H5Gclose(H5Gcreate2(group, name, 0, 0, 0))
        // The old format has no more than 64 KiB of them.
        if format == .earliest && number >= 200 { continue }
        let attribute = H5Acreate2(group, name, st_h5_int64(), space, 0, 0)
        H5Awrite(attribute, st_h5_native_int64(), [Int64(number)])
        H5Aclose(attribute)
      }
      H5Sclose(space)
      H5Gclose(group)
    }
    let group = try File.open(path).root.group("g")
    let sorted = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    #expect(group.names() == sorted)
    let kept = format == .earliest ? Array(names.prefix(200)) : names
    #expect(Set(try group.attributeNames()) == Set(kept))
    for number in [0, kept.count / 2, kept.count - 1] {
      #expect(try group.attribute(names[number]).integer() == number)
      #expect(try group.group(names[number]).names() == [])
    }
  }

  @Test func `numbers of every size and order of bytes are read, and the nearest where none fits`()
    throws
  {
    makeFile(.earliest) { file in
      for (name, base, size, order) in [
        ("i8", st_h5_int64(), 1, H5T_ORDER_BE), ("i16", st_h5_int64(), 2, H5T_ORDER_BE),
        ("i32", st_h5_int64(), 4, H5T_ORDER_LE), ("u64", st_h5_uint64(), 8, H5T_ORDER_BE),
        ("u16", st_h5_uint64(), 2, H5T_ORDER_LE), ("f32", st_h5_float32(), 4, H5T_ORDER_BE),
        ("f64", st_h5_float64(), 8, H5T_ORDER_LE), ("f64be", st_h5_float64(), 8, H5T_ORDER_BE),
      ] {
        let type = H5Tcopy(base)
        H5Tset_size(type, size)
        H5Tset_order(type, order)
        add(file, name, [100], type: type)
        H5Tclose(type)
      }
      let bigEndian = H5Tcopy(st_h5_int64())
      H5Tset_order(bigEndian, H5T_ORDER_BE)
      let space = H5Screate_simple(1, [2], nil)
      let dataset = H5Dcreate2(file, "far", bigEndian, space, 0, 0, 0)
      H5Dwrite(dataset, st_h5_native_int64(), 0, 0, 0, [Int64.min, 300])
      H5Dclose(dataset)
      H5Sclose(space)
      H5Tclose(bigEndian)
    }
    let root = try File.open(path).root
    for name in ["i8", "i16", "i32", "u64", "u16"] {
      #expect(try root.dataset(name).read(Int.self) == Array(0..<100), "\(name)")
      #expect(try root.dataset(name).read(Int32.self) == (0..<100).map { Int32($0) })
    }
    for name in ["f32", "f64", "f64be"] {
      #expect(try root.dataset(name).read(Double.self) == (0..<100).map { Double($0) }, "\(name)")
      #expect(try root.dataset(name).read(Float.self) == (0..<100).map { Float($0) }, "\(name)")
    }
    #expect(try root.dataset("far").read(Int.self) == [.min, 300])
    #expect(try root.dataset("far").read(UInt8.self) == [0, 255])
    #expect(try root.dataset("far").read(Int32.self) == [.min, 300])
  }

  @Test(arguments: Format.allCases) func `texts of any length are read, and named types`(
    format: Format
  ) throws {
    makeFile(format) { file in
      let type = H5Tcopy(st_h5_text())
      H5Tset_size(type, st_h5_variable_size())
      H5Tcommit2(file, "text", type, 0, 0, 0)
      let space = H5Screate_simple(1, [3], nil)
      let dataset = H5Dcreate2(file, "names", type, space, 0, 0, 0)
      let attribute = H5Acreate2(file, "names", type, space, 0, 0)
      let long = String(repeating: "é", count: 5000)
      "one".withCString { one in
        long.withCString { long in
          let values = [one, long, nil]
          H5Dwrite(dataset, type, 0, 0, 0, values)
          H5Awrite(attribute, type, values)
        }
      }
      H5Aclose(attribute)
      H5Dclose(dataset)
      H5Sclose(space)
      H5Tclose(type)
    }
    let root = try File.open(path).root
    let expected = ["one", String(repeating: "é", count: 5000), ""]
    #expect(try root.dataset("names").texts() == expected)
    #expect(try root.attribute("names").texts() == expected)
    #expect(try root.allDatasets().map(\.name) == ["names"])
  }

  @Test func `a block of a user's own may come first`() throws {
    makeFile(.earliest, userBlock: 2048) { add($0, "x", [5]) }
    #expect(try File.open(path).root.dataset("x").read(Int.self) == [0, 1, 2, 3, 4])
  }

  @Test func `elements that were never written are an error and not numbers`() {
    makeFile(.latest) { file in
      let creation = H5Pcreate(st_h5_dataset_creation())
      H5Pset_chunk(creation, 1, [100])
      H5Pset_deflate(creation, 1)
      let space = H5Screate_simple(1, [200], nil)
      let dataset = H5Dcreate2(file, "x", st_h5_int64(), space, 0, creation, 0)
      let half = H5Screate_simple(1, [100], nil)
      H5Sselect_hyperslab(space, H5S_SELECT_SET, [0], nil, [100], nil)
      H5Dwrite(dataset, st_h5_native_int64(), half, space, 0, [Int64](repeating: 1, count: 100))
      H5Dclose(dataset)
    }
    let error = #expect(throws: HDF5Error.self) {
      try File.open(path).root.dataset("x").read(Int.self)
    }
    #expect("\(error.map { "\($0)" } ?? "")".contains("some of its elements were never written"))
  }
}
