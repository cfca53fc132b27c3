// Help in the shape that users of Python's argparse know.

extension CommandLineSyntax {
  /// The lines that show all flags, broken to 100 columns.
  private var usage: String { usageLines(["[-h]"], width: 100).joined(separator: "\n") }

  /// At most two lines to write before an error. Where there is no room for all flags, the second line says how to see them.
  var shortUsage: String {
    let lines = usageLines([], width: 77)
    if lines.count < 3 { return lines.joined(separator: "\n") }
    return "\(lines[0]) …\n       'functional-net \(name) --help' shows all flags"
  }

  private func usageLines(_ first: [String], width: Int) -> [String] {
    let start = "usage: functional-net \(name == "train" ? "[train]" : name)"
    let words = first + flags.map { "[--\($0.name)\($0.placeholder.map { " " + $0 } ?? "")]" }
    let indent = String(repeating: " ", count: start.count + 1)
    var lines = [start]
    for word in (positional ?? optionalPositional.map { ("[\($0.name)]", "") }).map({ [$0.0] + words }) ?? words {
      if lines[lines.count - 1].count + word.count + 1 > width {
        lines.append(indent + word)
      } else {
        lines[lines.count - 1] += " " + word
      }
    }
    return lines
  }

  func help(commands: [CommandLineSyntax]) -> String {
    var sections = [usage, wrapped(description, width: 100)]
    if name == "train" {
      sections.append(Help.section("commands", commands.map { ($0.name, $0.summary) }))
    }
    if let positional = positional ?? optionalPositional {
      sections.append(Help.section("positional arguments", [(positional.name, positional.help)]))
    }
    var rows = [("-h, --help", "show this help message and exit")]
    if name == "train" { rows.append(("--version", "show the version and exit")) }
    for flag in flags {
      let name = "--\(flag.name)" + (flag.placeholder.map { " " + $0 } ?? "")
      rows.append((name, flag.help + (flag.standard.map { " (default: \($0))" } ?? "")))
    }
    sections.append(Help.section("options", rows))
    return sections.joined(separator: "\n\n")
  }
}

private enum Help {
  /// A heading and two columns; a name too long for its column has a line of its own.
  static func section(_ title: String, _ rows: [(String, String)]) -> String {
    let column = 26
    let lines = rows.map { name, text in
      let body = wrapped(text, width: 100 - column).split(separator: "\n").joined(
        separator: "\n" + String(repeating: " ", count: column))
      let gap = name.count + 2 < column - 1
      return "  " + name
        + (gap ? String(repeating: " ", count: column - 2 - name.count) : "\n" + String(repeating: " ", count: column))
        + body
    }
    return ([title + ":"] + lines).joined(separator: "\n")
  }
}

/// Text broken between words.
private func wrapped(_ text: String, width: Int) -> String {
  var lines = [""]
  for word in text.split(separator: " ") {
    if !lines[lines.count - 1].isEmpty && lines[lines.count - 1].count + 1 + word.count > width { lines.append("") }
    lines[lines.count - 1] += (lines[lines.count - 1].isEmpty ? "" : " ") + word
  }
  return lines.joined(separator: "\n")
}
