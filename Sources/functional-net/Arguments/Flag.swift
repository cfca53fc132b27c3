/// One flag of the command line.
struct Flag {
  /// Its name without dashes, in the spelling with underscores.
  let name: String

  /// What stands for its value in the help; nil for a switch that takes none.
  let placeholder: String?
  let help: String

  /// What it is when it is not given, as text.
  let standard: String?

  /// The only values that it takes, if they are few.
  let choices: [String]?

  /// The same flag of a command that, where it is not given, reads data as in training.
  var asInTraining: Flag {
    Flag(name: name, placeholder: placeholder, help: help, standard: "as in training", choices: choices)
  }

  static func value(
    _ name: String, _ placeholder: String, _ help: String, standard: String? = nil
  ) -> Flag {
    Flag(name: name, placeholder: placeholder, help: help, standard: standard, choices: nil)
  }

  static func choice(_ name: String, _ choices: [String], _ help: String, standard: String) -> Flag {
    Flag(
      name: name, placeholder: "{" + choices.joined(separator: ",") + "}", help: help, standard: standard,
      choices: choices)
  }

  /// The same, for choices that are too many to be its placeholder.
  static func choice(
    _ name: String, _ placeholder: String, among choices: [String], _ help: String, standard: String
  ) -> Flag {
    Flag(
      name: name, placeholder: placeholder, help: "\(help): \(choices.joined(separator: ", "))", standard: standard,
      choices: choices)
  }

  static func toggle(_ name: String, _ help: String) -> Flag {
    Flag(name: name, placeholder: nil, help: help, standard: nil, choices: nil)
  }
}

/// A subcommand: what it takes and what it says of itself.
struct CommandLineSyntax {
  let name: String
  let summary: String
  let description: String

  /// An argument without a flag that must be given, such as the model.
  var positional: (name: String, help: String)?

  /// One that may be left out.
  var optionalPositional: (name: String, help: String)?
  let flags: [Flag]
}

/// What a person wrote that cannot be understood.
struct UsageError: Error {
  let message: String
  init(_ message: String) { self.message = message }
}
