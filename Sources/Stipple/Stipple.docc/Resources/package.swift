// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "TrainAndGenerate",
  dependencies: [
    .package(path: "../stipple"),
    .package(url: "https://github.com/apple/swift-system", from: "1.5.0"),
  ],
  targets: [
    .executableTarget(
      name: "TrainAndGenerate",
      dependencies: [
        .product(name: "Stipple", package: "stipple"),
        .product(name: "SystemPackage", package: "swift-system"),
      ])
  ]
)
