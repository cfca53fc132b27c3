// The command: what was asked for, and the exit code. See README.md for the contract.
import FunctionalNet
import FunctionalNetIO

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Runs what the words of the command line ask for.
///
/// - Returns: the exit code.
func run(_ words: [String]) -> Int32 {
  var words = words[...]
  var syntax = trainSyntax
  if let first = words.first, !first.hasPrefix("-") {
    guard let named = commands.first(where: { $0.name == first.replacing("_", with: "-") }) else {
      let choices = commands.map { "'\($0.name)'" }.joined(separator: ", ")
      return fail(
        .usage(
          "invalid choice: '\(first)' (choose from \(choices))" + didYouMean(first, commands.map(\.name), prefix: "")),
        syntax)
    }
    syntax = named
    words = words.dropFirst()
  }
  let options = words.prefix { $0 != "--" }
  if options.contains("-h") || options.contains("--help") {
    Stream.output.line(syntax.help(commands: commands))
    return 0
  }
  if options.contains("--version") {
    Stream.output.line("functional-net \(version)")
    return 0
  }
  do {
    let arguments = try Arguments(Array(words), syntax: syntax)
    _ = try InstructionSet.chosen()
    switch syntax.name {
    case "resume": try resumeCommand(arguments)
    case "evaluate": try evaluateCommand(arguments)
    case "predict": try predictCommand(arguments)
    case "check-gradients": try checkGradientsCommand(arguments)
    case "summary": try summaryCommand(arguments)
    case "export": try exportCommand(arguments)
    default: try trainCommand(arguments)
    }
    return 0
  } catch let error as Failure {
    return fail(error, syntax)
  } catch let error as UsageError {
    return fail(.usage(error.message), syntax)
  } catch let error as InstructionSet.Unavailable {
    return fail(.usage(error.description), syntax)
  } catch {
    return fail(.file("\(error)"), syntax)
  }
}

/// Says what is wrong.
func fail(_ failure: Failure, _ syntax: CommandLineSyntax) -> Int32 {
  let color = Color(chosenColor(processArguments() ?? []))
  if failure.code == 2 { Stream.error.line(syntax.shortUsage) }
  if let message = failure.message {
    let label = failure.code < 128 ? color.red("error:") + " " : ""
    Stream.error.line(
      "functional-net\(syntax.name == "train" ? "" : " " + syntax.name): \(label)\(message)")
  }
  return failure.code
}

/// What `--color` says, also where the rest of the command line cannot be understood.
func chosenColor(_ words: [String]) -> String {
  let flag = words.lastIndex { $0 == "--color" }.flatMap { words[($0 + 1)...].first }
  return words.last { $0.hasPrefix("--color=") }.map { String($0.dropFirst("--color=".count)) } ?? flag ?? "auto"
}

signal(SIGXFSZ, SIG_IGN)  // a file that may not grow further is an error like a full disk, not the end of the program
guard let arguments = processArguments() else {
  Stream.error.line("functional-net: error: the arguments of this program cannot be read; mount /proc")
  exit(1)
}
exit(run(Array(arguments.dropFirst())))
