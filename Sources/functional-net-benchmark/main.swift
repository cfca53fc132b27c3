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

/// Seconds of training an epoch of the two-layer network with momentum.
func training<S: Real>(_ type: S.Type, _ samples: Samples<S>, _ options: Options) throws {
  let (epochs, lr) = (try options.integers("epochs", [3])[0], Double(options.text("lr") ?? "0.05") ?? 0.05)
  for hidden in try options.integers("hidden", [30, 100, 500]) {
    for batch in try options.integers("batch", [1, 10, 64, 128, 256]) {
      for threads in try options.integers("threads", [1, 2]) {
        Threads.count = threads
        let trainer = Trainer(
          params: Params<S>.initial(inputs: samples.inputCount, hidden: hidden, classes: 10, key: Key(1)),
          optimizer: .momentum(lr: lr))
        var moment = trainer.start
        var times: [Double] = []
        for epoch in 0...epochs {
          let time = seconds {
            moment = samples.batches(of: batch, key: Key(2).child(epoch)).reduce(consume moment, trainer.next)
          }
          if epoch > 0 { times.append(time) }
        }
        let steps = (samples.count + batch - 1) / batch
        show(
          "training \(samples.inputCount)-\(hidden)-10, batch \(batch), \(threads) thread\(threads == 1 ? "" : "s"), \(S.self)",
          [
            "hidden": .integer(hidden), "batch": .integer(batch), "threads": .integer(threads),
            "precision": .string("\(S.self)"), "samples": .integer(samples.count),
            "seconds_per_epoch": .number(median(times)), "loss": .number(Double(moment.loss ?? .nan)),
          ],
          "\(short(median(times))) s an epoch, \(short(median(times) / Double(steps) * 1e6)) µs a step")
      }
    }
  }
}

/// Inference of the network 784-100-10.
func inference(_ options: Options) throws {
  let params = Params<Float>.initial(inputs: 784, hidden: 100, classes: 10, key: Key(1))
  let x = Tensor<Float>.uniform([10_000, 784], key: Key(2))
  let one = x.rows(0..<1)
  for threads in try options.integers("threads", [1, 2]) {
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
func products<S: Real>(_ type: S.Type, _ options: Options) throws {
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
    for threads in try options.integers("threads", [1, 2]) {
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
func loading(_ folder: String) throws {
  let time = try timed(runs: 3, shortest: 0) { _ = try DatasetParts(folder) }
  show("reading \(folder)", ["seconds": .number(time)], "\(short(time)) s")
}

func startUp() {
  let program = CommandLine.arguments[0].replacing("functional-net-benchmark", with: "functional-net")
  guard access(program, X_OK) == 0 else { return }
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

let options: Options
do throws(FileError) { options = try Options(Array(CommandLine.arguments.dropFirst())) } catch {
  print("functional-net-benchmark: error: \(error)")
  exit(2)
}
let isJSON = options.isGiven("json")
if options.isGiven("help") {
  print(Options.help)
  exit(0)
}

/// The samples to train on: from the folder, or random numbers of MNIST's shape.
func samples<S: Real>(_ type: S.Type) throws -> Samples<S> {
  let wanted = try options.integers("samples", [60_000])[0]
  guard let folder = options.text("data") else {
    let x = Tensor<S>.uniform([wanted, 784], key: Key(1))
    return Samples(x: x, y: Labels((0..<wanted).map { Key(2).below(10, $0) }))
  }
  let data = try DatasetParts(folder).training
  let all: Samples<S> = data.samples(scaling: InputScaling(fitting: data))
  return wanted < all.count ? all[0..<wanted] : all
}

do {
  let what = options.what.isEmpty ? ["products", "inference", "training", "loading"] : options.what
  for part in what {
    for precision in (options.text("precision") ?? "float,double").split(separator: ",") {
      switch (part, precision) {
      case ("training", "float"): try training(Float.self, samples(Float.self), options)
      case ("training", "double"): try training(Double.self, samples(Double.self), options)
      case ("products", "float"): try products(Float.self, options)
      case ("products", "double"): try products(Double.self, options)
      case ("inference", "float"): try inference(options)
      case ("inference", "double"), ("loading", "double"): break
      case ("loading", "float"):
        if let folder = options.text("data") { try loading(folder) }
        startUp()
      default: throw FileError(part, nil, "there is no such benchmark or precision")
      }
    }
  }
} catch {
  print("functional-net-benchmark: error: \(error)")
  exit(1)
}
