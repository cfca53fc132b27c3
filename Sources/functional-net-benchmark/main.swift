// Times the library on this machine. Nothing here is a test: what is measured depends on the machine and on its mood, so
// figures are medians, and comparisons with others are made in turn (see Tests/Peers).
import CKernels
import FunctionalNet
import FunctionalNetIO

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// One figure: what was measured, and the numbers.
func show(_ name: String, _ members: KeyValuePairs<String, JSON>, _ text: String) {
  if isJSON {
    let all =
      [JSON.Member(name: "benchmark", value: .string(name))] + members.map { .init(name: $0.key, value: $0.value) }
    print(JSON.object(all))
  } else {
    print(name + String(repeating: " ", count: max(1, 60 - name.count)) + text)
  }
}

/// A number with three digits that count.
func short(_ value: Double) -> String {
  guard value > 0, value.isFinite else { return value.description }
  var scale = 1.0
  while value * scale < 100 { scale *= 10 }
  return JSON.number((value * scale).rounded() / scale).description
}

/// Seconds of training an epoch with momentum: of the two-layer network, or of the one that was asked for.
func training<S: Real>(_ type: S.Type, _ samples: Samples<S>, _ options: Options) throws {
  if let network = options.network {
    let network = try Sequential<S>(notation: network)
    let shape = try network.sampleShape(for: samples.sampleShape)
    let shaped = samples.reshaped(shape)
    try timeTraining(network.notation, ("network", .string(network.notation)), shaped, options) {
      try Trainer(network, sampleShape: shape, optimizer: .momentum(lr: 0.02), key: Key(1))
    }
    return
  }
  let flat = samples.reshaped([samples.inputCount])
  for hidden in options.hidden {
    timeTraining("\(samples.inputCount)-\(hidden)-10", ("hidden", .integer(hidden)), flat, options) {
      Trainer(
        params: Params<S>.initial(inputs: samples.inputCount, hidden: hidden, classes: 10, key: Key(1)),
        optimizer: .momentum(lr: 0.05))
    }
  }
}

/// Times epochs for each batch size and number of threads.
func timeTraining<P: Parameters>(
  _ name: String, _ subject: (key: String, value: JSON), _ samples: Samples<P.Scalar>, _ options: Options,
  _ makeTrainer: () throws -> Trainer<P>
) rethrows {
  for batch in options.batch {
    for threads in options.threads {
      Threads.count = threads
      let trainer = try makeTrainer()
      var moment = trainer.start
      var times: [Double] = []
      for epoch in 0...options.epochs {
        let time = seconds {
          moment = samples.batches(of: batch, key: Key(2).child(epoch)).reduce(consume moment, trainer.next)
        }
        if epoch > 0 { times.append(time) }
      }
      let steps = (samples.count + batch - 1) / batch
      show(
        "training \(name), batch \(batch), \(threads) thread\(threads == 1 ? "" : "s"), \(P.Scalar.self)",
        [
          subject.key: subject.value, "batch": .integer(batch), "threads": .integer(threads),
          "precision": .string("\(P.Scalar.self)"), "samples": .integer(samples.count),
          "seconds_per_epoch": .number(median(times)), "loss": .number(Double(moment.loss ?? .nan)),
        ],
        "\(short(median(times))) s an epoch, \(short(median(times) / Double(steps) * 1e6)) µs a step")
    }
  }
}

/// Inference of the network 784-100-10.
func inference(_ options: Options) {
  let params = Params<Float>.initial(inputs: 784, hidden: 100, classes: 10, key: Key(1))
  let x = Tensor<Float>.uniform([10_000, 784], key: Key(2))
  let one = x.rows(0..<1)
  for threads in options.threads {
    Threads.count = threads
    let single = timed { _ = forward(params: params, x: one) }
    let many = timed { _ = forward(params: params, x: x) }
    show(
      "inference 784-100-10, \(threads) thread\(threads == 1 ? "" : "s"), Float",
      [
        "threads": .integer(threads), "one_sample_us": .number(single * 1e6),
        "samples_per_second": .number(10_000 / many),
      ],
      "\(short(single * 1e6)) µs for one, \(short(10_000 / many / 1e6)) million samples/s")
  }
}

/// Products by shape, as a part of what the processor can do.
func products<S: Real>(_ type: S.Type, _ options: Options) {
  let code = [InstructionSet.portable: 0, .avx2: 1, .avx512: 2, .neon: 3][InstructionSet.current]!
  let rounds = 4_000_000
  let peakTime = median(
    (0..<7).map { _ in
      seconds { _ = S.self == Float.self ? fn_peak_f32(Int32(code), rounds) : fn_peak_f64(Int32(code), rounds) }
    })
  let operations = S.self == Float.self ? fn_peak_f32(Int32(code), rounds) : fn_peak_f64(Int32(code), rounds)
  let peak = operations / peakTime * 1e-9
  show(
    "peak of one core, \(InstructionSet.current), \(S.self)", ["gflops": .number(peak)], "\(short(peak)) GFLOP/s")
  for (m, n, k) in [
    (64, 100, 784), (128, 500, 784), (256, 1000, 784), (784, 100, 64), (512, 512, 512), (1000, 1000, 1000),
  ] {
    let (a, b): (Tensor<S>, Tensor<S>) = (.uniform([m, k], key: Key(1)), .uniform([k, n], key: Key(2)))
    for threads in options.threads {
      Threads.count = threads
      let rate = 2 * Double(m * n * k) / timed { _ = matmul(a, b) } * 1e-9
      let part = rate / (peak * Double(threads))
      show(
        "product \(m)x\(k) by \(k)x\(n), \(threads) thread\(threads == 1 ? "" : "s"), \(S.self)",
        ["gflops": .number(rate), "of_peak": .number(part), "threads": .integer(threads)],
        "\(short(rate)) GFLOP/s, \(Int((part * 100).rounded())) % of the peak")
    }
  }
}

/// Reading data, and starting the command.
func loading(_ name: String) throws(FileError) {
  _ = try DatasetParts(name)
  let time = timed(runs: 3, shortest: 0) { _ = try? DatasetParts(name) }
  show("reading \(name)", ["seconds": .number(time)], "\(short(time)) s")
}

func startUp() {
  let program = processArguments()?.first?.replacing("functional-net-benchmark", with: "functional-net")
  guard let program, access(program, X_OK) == 0 else { return }
  for arguments in [["--version"], ["--quiet", "--seed", "1"]] {
    let time = timed(runs: 9, shortest: 0) {
      var process: pid_t = 0
      var files: posix_spawn_file_actions_t! = posix_spawn_file_actions_t()
      posix_spawn_file_actions_init(&files)
      posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0)
      var words = ([program] + arguments).map { strdup($0) } + [nil]
      posix_spawn(&process, program, &files, nil, &words, environ)
      var status: Int32 = 0
      waitpid(process, &status, 0)
      posix_spawn_file_actions_destroy(&files)
      for word in words { free(word) }
    }
    show(
      "functional-net \(arguments.joined(separator: " "))", ["seconds": .number(time)],
      "\(short(time * 1e3)) ms from start to exit")
  }
}

/// Says what is wrong, and ends.
func fail(_ error: FileError, exitCode: Int32) -> Never {
  let text = "functional-net-benchmark: error: \(error)\n"
  _ = text.withCString { write(2, $0, strlen($0)) }
  exit(exitCode)
}

guard let arguments = processArguments() else {
  fail(FileError("/proc", nil, "the arguments of this program cannot be read; mount /proc"), exitCode: 1)
}
let options: Options
do throws(FileError) { options = try Options(Array(arguments.dropFirst())) } catch {
  fail(error, exitCode: 2)
}
let isJSON = options.isJSON
if options.isHelp {
  print(Options.help)
  exit(0)
}

/// The samples to train on: those of the data set, or random numbers of MNIST's shape.
func samples<S: Real>(_ type: S.Type) throws(FileError) -> Samples<S> {
  guard let name = options.data else {
    let x = Tensor<S>.uniform([options.samples, 784], key: Key(1))
    return Samples(x: x, y: Labels((0..<options.samples).map { Key(2).below(10, $0) }))
  }
  let data = try DatasetParts(name).training
  let flat: Samples<S> = data.samples(scaling: InputScaling(fitting: data))
  let all = flat.reshaped(data.sampleShape)
  return options.samples < all.count ? all[0..<options.samples] : all
}

do {
  let (inFloat, inDouble) = (options.precision.contains("float"), options.precision.contains("double"))
  for part in options.what {
    switch part {
    case "training":
      if inFloat { try training(Float.self, try samples(Float.self), options) }
      if inDouble { try training(Double.self, try samples(Double.self), options) }
    case "products":
      if inFloat { products(Float.self, options) }
      if inDouble { products(Double.self, options) }
    case "inference": inference(options)
    default:
      if let name = options.data { try loading(name) }
      startUp()
    }
  }
} catch let error as FileError {
  fail(error, exitCode: 1)
} catch {
  fail(FileError("--network", nil, "\(error)"), exitCode: 2)
}
