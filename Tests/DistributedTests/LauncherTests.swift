import Distributed
import Host
import Testing

/// Who has started the program, as the environment tells.
@Suite struct LauncherTests {
  @Test func `is told by its variables`() throws {
    let openMPI = try #require(
      Launcher([
        "OMPI_COMM_WORLD_SIZE": "4", "OMPI_COMM_WORLD_LOCAL_SIZE": "2", "PMIX_RANK": "0",
      ]))
    #expect(openMPI.interface == .openMPI && openMPI.size == 4 && openMPI.localSize == 2)
    let hydra = try #require(Launcher(["PMI_RANK": "1", "PMI_SIZE": "3", "MPI_LOCALNRANKS": "3"]))
    #expect(hydra.interface == .pmi && hydra.size == 3 && hydra.localSize == 3)
    let pmix = try #require(
      Launcher([
        "PMIX_RANK": "1", "SLURM_STEP_NUM_TASKS": "8", "SLURM_STEP_TASKS_PER_NODE": "3,2(x2),1",
      ]))
    #expect(pmix.interface == .pmix && pmix.size == 8 && pmix.localSize == 3)
    let pmi2 = try #require(Launcher(["PMI_RANK": "0", "SLURM_STEP_NUM_TASKS": "2"]))
    #expect(pmi2.interface == .pmi && pmi2.size == 2)
    #expect(Launcher(["PMI_RANK": "0", "PMI_SIZE": "2", "STIPPLE_MPI": "none"]) == nil)
  }

  @Test(arguments: [
    [:], ["SLURM_NTASKS": "4"], ["SLURM_STEP_NUM_TASKS": "1"],
    ["OMPI_COMM_WORLD_SIZE": "1", "PMIX_RANK": "0"], ["PMI_RANK": "0", "PMI_SIZE": "1"],
  ])
  func `is nobody where there is one process`(environment: [String: String]) {
    #expect(Launcher(environment) == nil)
  }

  @Test func `processes that do not find each other are an error`() throws {
    let slurm = try #require(Launcher(["SLURM_STEP_NUM_TASKS": "2", "SLURM_PROCID": "0"]))
    #expect(throws: DistributedError.notConnected(tasks: 2)) { try MPICommunicator(slurm) }
    let launcher = try #require(Launcher(["OMPI_COMM_WORLD_SIZE": "2"]))
    #expect(throws: DistributedError.noLibrary(.openMPI, tried: ["/nowhere/libmpi.so"])) {
      try MPICommunicator(launcher, library: "/nowhere/libmpi.so")
    }
  }
}

/// How many processors a process of several has.
@Suite struct ProcessorShareTests {
  @Test func `is its part where the launcher has bound it to none`() throws {
    let four = try #require(
      Launcher(["OMPI_COMM_WORLD_SIZE": "8", "OMPI_COMM_WORLD_LOCAL_SIZE": "4"]))
    #expect(Processors.share(16, of: 16, four) == 4)
    #expect(Processors.share(2, of: 2, four) == 1)
    #expect(Processors.share(2, of: 16, four) == 2, "bound to two")
    let slurm = try #require(
      Launcher([
        "SLURM_STEP_NUM_TASKS": "2", "SLURM_STEP_TASKS_PER_NODE": "2", "SLURM_CPUS_PER_TASK": "3",
      ]))
    #expect(Processors.share(16, of: 16, slurm) == 3)
    #expect(Processors.share(16, of: 16, nil) == 16)
  }
}
