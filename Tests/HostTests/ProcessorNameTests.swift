import Host
import Testing

@Suite struct ProcessorNameTests {
  @Test func `a name is taken as it is`() {
    let text = "processor\t: 0\nmodel\t\t: 207\nmodel name\t: AMD EPYC 9R14\nmodel name\t: other\n"
    #expect(ProcessorName(cpuInfo: text).text == "AMD EPYC 9R14")
  }

  @Test(arguments: [
    ("0x41", "0xd0c", "ARM Neoverse-N1"), ("0x41", "0xfff", "ARM, part 0xfff"),
    ("0xc0", "0xac3", "Ampere, part 0xac3"),
    ("0x99", "0x001", "maker 0x99, part 0x001"),
  ])
  func `numbers of ARM become names`(maker: String, part: String, name: String) {
    let text = """
      processor\t: 0
      CPU implementer\t: \(maker)
      CPU architecture: 8
      CPU part\t: \(part)

      """
    #expect(ProcessorName(cpuInfo: text).text == name)
  }

  @Test func `no text gives no name`() {
    #expect(ProcessorName(cpuInfo: "").text == "unknown")
  }
}
