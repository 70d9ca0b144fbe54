import Reports
import Testing

@Suite struct AxisTests {
  @Test(arguments: [
    (0, "0"), (0.25, "0.25"), (-0.5, "-0.5"), (20_000, "20k"), (1.5e6, "1.5M"),
    (0.00015, "0.00015"),
    (0.00005, "0.00005"), (-0.0000123, "-0.0000123"), (1e-7, "1e-07"),
  ])
  func `values are written without exponents down to a millionth`(value: Double, text: String) {
    #expect(Axis.label(value) == text)
  }

  @Test func `the ticks of a small learning rate read alike`() {
    let axis = Axis([0, 0.0002], from: 0)
    #expect(
      axis.ticks().map(Axis.label) == ["0", "0.00005", "0.0001", "0.00015", "0.0002"])
  }
}
