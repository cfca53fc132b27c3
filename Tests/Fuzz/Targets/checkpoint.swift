import FunctionalNet
import FunctionalNetIO
import Glibc

/// As for safetensors files.
let memoryPerByte = 256

/// The run whose checkpoints are read.
private func start<S: Real>(_ type: S.Type) -> Moment<Stack<S>> {
  let network = Sequential<S> {
    Linear<S>(1)
    BatchNorm1D<S>()
  }
  do throws(ShapeError) {
    return try Trainer(network, sampleShape: [1], loss: .meanSquared, optimizer: .adam(), key: Key(1)).start
  } catch { fatalError("\(error)") }
}

/// A checkpoint that is read is written to a file that gives the same.
func fuzz(_ bytes: [UInt8]) {
  guard let file = try? Safetensors(bytes, file: "f") else { return }
  check(file, Float.self)
  check(file, Double.self)
  _ = try? Model<Float>(file.model)
}

private func check<S: Real>(_ file: Safetensors, _ type: S.Type) {
  let start = start(S.self)
  guard let checkpoint = try? Checkpoint(file, like: start) else { return }
  let path = String(cString: getenv("FUZZ_FILE"))
  do { try checkpoint.save(path) } catch { fatalError("broken law: \(error)") }
  law((try? Checkpoint(contentsOf: path, like: start)) == checkpoint, "the same checkpoint again")
}
