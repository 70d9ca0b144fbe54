internal import CPNGShim

/// libpng.
package enum PNGLibrary {
  /// The version that runs: "1.6.39".
  package static var version: String { String(cString: st_png_version()) }
}
