internal import Foundation

/// What a processor is called.
package struct ProcessorName {
  /// "AMD EPYC 9R14", "ARM Neoverse-N1", "Qualcomm, part 0x001", or "unknown".
  package let text: String

  /// The name of this machine's processor.
  package static let own = ProcessorName(
    cpuInfo: (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? "")

  /// - Parameter cpuInfo: what `/proc/cpuinfo` says (proc(5)): a name on x86, numbers on ARM.
  package init(cpuInfo: String) {
    func value(_ key: String) -> String? {
      let line = cpuInfo.split(separator: "\n").first { $0.hasPrefix(key) }
      guard let value = line?.split(separator: ":", maxSplits: 1).dropFirst().first else {
        return nil
      }
      return value.trimmingCharacters(in: .whitespaces)
    }
    if let name = value("model name"), !name.isEmpty {
      text = name
    } else if let implementer = value("CPU implementer"), let part = value("CPU part") {
      let maker = Self.makers[implementer] ?? "maker \(implementer)"
      if implementer == "0x41", let core = Self.cores[part] {
        text = "\(maker) \(core)"
      } else {
        text = "\(maker), part \(part)"
      }
    } else {
      text = "unknown"
    }
  }

  /// MIDR_EL1's implementer (Arm Architecture Reference Manual).
  private static let makers = [
    "0x41": "ARM", "0x42": "Broadcom", "0x43": "Cavium", "0x46": "Fujitsu", "0x48": "HiSilicon",
    "0x4e": "NVIDIA", "0x50": "APM", "0x51": "Qualcomm", "0x61": "Apple", "0x6d": "Microsoft",
    "0xc0": "Ampere",
  ]

  /// MIDR_EL1's part numbers, as the technical reference manuals of ARM's own cores have them.
  private static let cores = [
    "0xd03": "Cortex-A53", "0xd05": "Cortex-A55", "0xd07": "Cortex-A57", "0xd08": "Cortex-A72",
    "0xd09": "Cortex-A73", "0xd0a": "Cortex-A75", "0xd0b": "Cortex-A76", "0xd0c": "Neoverse-N1",
    "0xd0d": "Cortex-A77", "0xd40": "Neoverse-V1", "0xd41": "Cortex-A78", "0xd44": "Cortex-X1",
    "0xd47": "Cortex-A710", "0xd48": "Cortex-X2", "0xd49": "Neoverse-N2", "0xd4f": "Neoverse-V2",
    "0xd84": "Neoverse-V3", "0xd8e": "Neoverse-N3",
  ]
}
