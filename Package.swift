// swift-tools-version: 6.2
import PackageDescription

/// The one place that has Stipple's version; `tools/release` moves it on.
let version = "0.1.0"
/// What `stipple --version` says is built; SwiftPM asks git when this file or the options of the build change.
let commit = Context.gitInformation.map {
  $0.currentCommit.prefix(9) + ($0.hasUncommittedChanges ? "+" : "")
}

let strict: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("ExistentialAny"),
]
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let yaml = Target.Dependency.product(name: "Yams", package: "Yams")

/// A folder of `Sources` with the targets above it that it may import.
func module(
  _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = [],
  resources: [Resource] = []
) -> Target {
  .target(
    name: name, dependencies: dependencies, exclude: exclude, resources: resources,
    swiftSettings: strict)
}

/// A library of the system: a module map in `Sources`, and the packages that have its headers.
func library(
  _ name: String, pkgConfig: String? = nil, apt: String, yum: String, brew: String
) -> Target {
  .systemLibrary(
    name: name, pkgConfig: pkgConfig,
    providers: [
      .apt([apt, "pkg-config"]), .yum([yum, "pkgconf-pkg-config"]), .brew([brew, "pkgconf"]),
    ])
}

/// The tests of one module, in a folder of `Tests`.
func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: dependencies + ["TestSupport", systemPackage],
    swiftSettings: strict)
}

/// A program of `Examples`, which uses the library as others do.
func example(_ name: String) -> Target {
  .executableTarget(
    name: name, dependencies: ["Stipple", systemPackage], path: "Examples/\(name)",
    swiftSettings: strict)
}

let package = Package(
  name: "stipple",
  products: [
    .executable(name: "stipple", targets: ["StippleCLI"]),
    .library(name: "Stipple", targets: ["Stipple"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-system", from: "1.5.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
  ],
  targets: [
    library("CPNG", pkgConfig: "libpng", apt: "libpng-dev", yum: "libpng-devel", brew: "libpng"),
    library(
      "CDeflate", pkgConfig: "libdeflate", apt: "libdeflate-dev", yum: "libdeflate-devel",
      brew: "libdeflate"),
    library(
      "CTurboJPEG", pkgConfig: "libturbojpeg", apt: "libturbojpeg0-dev", yum: "turbojpeg-devel",
      brew: "jpeg-turbo"),
    library("CHDF5", pkgConfig: "hdf5", apt: "libhdf5-dev", yum: "hdf5-devel", brew: "hdf5"),
    library("COneDNN", apt: "libdnnl-dev", yum: "onednn-devel", brew: "onednn"),
    .target(name: "CFilesShim"),
    .target(name: "CPNGShim", dependencies: ["CPNG"]),
    .target(name: "CHDF5Driver", dependencies: ["CHDF5"]),
    .target(name: "CMemory"),
    .target(
      name: "CBuild",
      cSettings: [
        .define("ST_VERSION", to: "\"\(version)\""),
        .define("ST_COMMIT", to: "\"\(commit ?? "")\""),
      ]),
    .target(name: "CProcessor"),
    .target(name: "COpenMP"),
    .target(name: "CKernels", linkerSettings: [.linkedLibrary("gomp"), .linkedLibrary("m")]),

    module("Host", []),
    module("Files", ["CFilesShim", systemPackage]),
    module("PNGCodec", ["CPNG", "CPNGShim", "CDeflate", "Text", "Files", systemPackage]),
    module("JPEGCodec", ["CTurboJPEG"]),
    module("HDF5", ["CHDF5", "CHDF5Driver", "CDeflate", "Files", systemPackage]),
    module("Random", ["CKernels"]),
    module("Graph", []),
    module("Compiler", ["Graph", "Random"]),
    module("Reference", ["Compiler", "Graph", "Random"]),
    module("CPU", ["Compiler", "Graph", "COneDNN", "CKernels", "Host", "Random"]),
    module("Distributed", ["Host"]),
    module("Diffusion", []),
    module("Networks", ["Graph", "Compiler", "Files", systemPackage]),
    module("Text", ["Files", systemPackage]),
    module("Images", ["Text", "PNGCodec", "Random", "Files", "Host", systemPackage]),
    module("LinearAlgebra", []),
    module(
      "Checkpoints",
      [
        "CBuild", "Text", "Host", "Files", "PNGCodec", "HDF5", "Graph", "Compiler", "CPU",
        "Diffusion",
        "Networks", "Images", systemPackage, yaml,
      ]),
    module(
      "Reports",
      [
        "Checkpoints", "Text", "Files", "PNGCodec", "Images", systemPackage,
      ]),
    module(
      "Sampling",
      [
        "Reports", "Checkpoints", "Distributed", "Text", "Host", "Files", "PNGCodec", "Random",
        "Graph",
        "Compiler", "CPU", "Diffusion", "Networks", "Images", systemPackage,
      ]),
    module(
      "Restoration",
      [
        "Sampling", "Reports", "Checkpoints", "Distributed", "Text", "LinearAlgebra", "Files",
        "JPEGCodec",
        "PNGCodec", "Random", "Graph", "Compiler", "Diffusion", "Networks", "Images", systemPackage,
      ],
      // Each model beside the programs, see `ModelCatalog`; it has its card in it.
      exclude: ["Models/README.md", "Models/denoise-rgb.md"], resources: [.process("Models")]),
    module(
      "Training",
      [
        "Restoration", "Sampling", "Reports", "Checkpoints", "Text", "Host", "Files", "PNGCodec",
        "Random",
        "Graph", "Compiler", "Diffusion", "Distributed", "Networks", "Images", systemPackage,
      ]),
    module(
      "Analysis",
      [
        "Training", "Sampling", "Reports", "Checkpoints", "Distributed", "Text", "LinearAlgebra",
        "Host",
        "Files", "PNGCodec", "HDF5", "Random", "Graph", "Compiler", "CPU", "Diffusion", "Networks",
        "Images",
        systemPackage,
      ]),
    module(
      "Editing",
      [
        "Sampling", "Checkpoints", "Distributed", "Files", "PNGCodec", "Random", "Diffusion",
        "Images",
        systemPackage,
      ]),
    module(
      "Conversion",
      [
        "Checkpoints", "Text", "LinearAlgebra", "Files", "Graph", "Compiler", "Diffusion",
        "Networks", "Images", systemPackage,
      ]),
    module(
      "Stipple",
      [
        "Analysis", "Editing", "Conversion", "Training", "Restoration", "Sampling", "Reports",
        "Checkpoints",
        "Text", "Files", "Diffusion", "Distributed", "Images", "Compiler", "HDF5", "Networks",
        "PNGCodec",
      ]),
    .executableTarget(
      name: "StippleCLI",
      dependencies: ["Stipple", "CMemory", "COpenMP", "CProcessor", arguments, systemPackage],
      // What the program can do, every user of the library can.
      packageAccess: false, swiftSettings: strict),
    .executableTarget(
      name: "DrawData", dependencies: ["Files", "PNGCodec", "Random", arguments, systemPackage],
      swiftSettings: strict),
    .executableTarget(
      name: "CheckPNG", dependencies: ["PNGCodec", arguments, systemPackage],
      swiftSettings: strict),

    example("TrainAndGenerate"),
    example("DenoiseInMemory"),
    example("CustomSampler"),

    .target(
      name: "TestSupport", dependencies: ["PNGCodec", systemPackage], path: "Tests/TestSupport",
      swiftSettings: strict),
    .target(
      name: "TestModels",
      dependencies: [
        "Training", "Sampling", "Checkpoints", "Graph", "Compiler", "CPU", "Diffusion", "Networks",
        "Images", "TestSupport", systemPackage,
      ], path: "Tests/TestModels", swiftSettings: strict),
    .target(
      name: "FuzzTargets",
      dependencies: [
        "Stipple", "Networks", "Diffusion", "Graph", "Compiler", "CPU", "PNGCodec", systemPackage,
      ],
      path: "Tests/FuzzTargets", swiftSettings: strict),
    tests("Host", ["Host"]),
    tests("Files", ["Files"]),
    tests("PNGCodec", ["PNGCodec", "Files"]),
    tests("HDF5", ["HDF5", "CHDF5", "Files"]),
    tests("Random", ["Random", "CKernels"]),
    tests("Graph", ["Graph"]),
    tests("Compiler", ["Compiler", "Reference", "Graph"]),
    tests("Backend", ["CPU", "Reference", "Compiler", "Graph", "Random"]),
    tests("CPU", ["CPU", "Reference", "Compiler", "Graph", "Random"]),
    tests("Distributed", ["Distributed", "Host"]),
    tests("Diffusion", ["Diffusion", "HDF5", "Random"]),
    tests(
      "Networks",
      ["Networks", "Graph", "Compiler", "CPU", "Reference", "Diffusion", "HDF5", "Random"]),
    tests("Images", ["Images", "PNGCodec", "Files"]),
    tests("DrawData", ["DrawData", "PNGCodec"]),
    tests("Checkpoints", ["Training", "Checkpoints", "Files", "HDF5", "PNGCodec", "Images"]),
    tests("Reports", ["Reports", "Checkpoints", "Files", "PNGCodec", "Images"]),
    tests(
      "Sampling",
      [
        "Sampling", "Checkpoints", "Distributed", "Files", "PNGCodec", "HDF5", "Random", "Graph",
        "Compiler", "CPU", "Diffusion", "Networks", "Images", "TestModels",
      ]),
    tests(
      "Restoration",
      [
        "Restoration", "Sampling", "Checkpoints", "LinearAlgebra", "Files", "JPEGCodec", "PNGCodec",
        "Random", "Graph", "Compiler", "CPU", "Diffusion", "Networks", "TestModels",
      ]),
    tests(
      "Training",
      [
        "Training", "Restoration", "Sampling", "Checkpoints", "Files", "PNGCodec", "HDF5", "Random",
        "Graph", "Compiler", "CPU", "Diffusion", "Distributed", "Networks", "Images", "TestModels",
      ]),
    tests(
      "Analysis",
      [
        "Analysis", "Sampling", "Checkpoints", "LinearAlgebra", "Files", "PNGCodec", "HDF5",
        "Host", "Graph", "Compiler", "CPU", "Diffusion", "Networks", "TestModels",
      ]),
    tests(
      "Editing",
      [
        "Editing", "Sampling", "Files", "PNGCodec", "Diffusion", "Networks", "Images", "TestModels",
      ]),
    tests(
      "Conversion",
      [
        "Conversion", "Sampling", "Checkpoints", "Files", "HDF5", "Graph", "Compiler", "CPU",
        "Diffusion", "Networks", "Images", "TestModels",
      ]),
    tests("Stipple", ["Stipple", "Files", "PNGCodec", "HDF5", "TestModels", "FuzzTargets"]),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "StippleCLI", "Stipple", "HDF5", "PNGCodec", "TestSupport", systemPackage,
        "TrainAndGenerate", "DenoiseInMemory", "CustomSampler",
      ],
      swiftSettings: strict),
  ]
)

// The fuzzer links only with libFuzzer, which tools/fuzz adds.
if Context.environment["STIPPLE_FUZZ"] != nil {
  package.targets += [
    .target(name: "CFuzzer", path: "Tests/CFuzzer"),
    .executableTarget(
      name: "Fuzz", dependencies: ["FuzzTargets", "CFuzzer", systemPackage], path: "Tests/Fuzz",
      swiftSettings: strict),
  ]
}

// SwiftPM compiles a target again when one that it names has changed, and not for those behind that one, whose types may
// lie in its own all the same: so each names all.
let named = Dictionary(
  uniqueKeysWithValues: package.targets.map { target in
    (target.name, target.dependencies.compactMap(\.targetName))
  })
for target in package.targets {
  var found = named[target.name, default: []]
  var all: Set<String> = []
  while let name = found.popLast() {
    if all.insert(name).inserted { found += named[name, default: []] }
  }
  target.dependencies += all.subtracting(named[target.name, default: []]).sorted()
    .map { .target(name: $0) }
}
extension Target.Dependency {
  /// Nil of a product of another package.
  var targetName: String? {
    if case .byNameItem(let name, _) = self { name } else { nil }
  }
}
