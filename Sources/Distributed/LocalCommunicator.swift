/// One process alone.
package final class LocalCommunicator: Communicator {
  package var rank: Int { 0 }
  package var size: Int { 1 }

  package init() {}

  package func barrier() {}
  package func broadcast(_ bytes: inout [UInt8], from root: Int) {}
  package func broadcast(_ values: UnsafeMutableBufferPointer<Float>) {}
  package func sum(_ values: UnsafeMutableBufferPointer<Double>) {}
  package func startMean(
    _ values: UnsafeMutableBufferPointer<Float>, as type: TransferType
  ) -> any PendingOperation { Done() }
  package func startGather(_ values: UnsafeMutableBufferPointer<Float>) -> any PendingOperation {
    Done()
  }
  package func progress() {}
  package func send(_ bytes: [UInt8], to rank: Int) { preconditionFailure("no other rank") }
  package func hasMessage(from rank: Int) -> Bool { false }
  package func receive(from rank: Int) -> [UInt8] { preconditionFailure("no other rank") }
  package func abort(status: Int32) {}

  private struct Done: PendingOperation {
    func wait() {}
  }
}
