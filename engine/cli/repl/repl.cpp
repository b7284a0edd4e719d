// repl.cpp — weir repl: expressions and queries over sample rows, typed or piped.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>

#include "engine/base/log.h"
#include "engine/cli/command.h"
#include "engine/cli/repl/line_reader.h"
#include "engine/cli/pipeline_file.h"
#include "engine/cli/repl/repl_session.h"
#include "engine/cli/terminal.h"

namespace weir {
namespace {

constexpr const char* help =
    "An expression, such as upper('tea') or 1 + 2.50, or a query over the sample rows and the pipeline's streams:\n"
    "  FROM rows |> WHERE amount > 5 |> AGGREGATE count(*) AS n GROUP BY shop\n"
    "  SELECT shop, sum(amount) AS total FROM rows GROUP BY shop;\n"
    "A line that begins with |> goes on with the query before. CREATE STREAM and other definitions stay until the end; they end with ;\n"
    ".columns [NAME]     columns of the sources and streams\n"
    ".functions TEXT     functions with TEXT in their name or summary\n"
    ".load FILE          a pipeline (.yaml, .weir), or sample rows (.jsonl, .csv); SOURCE=FILE: rows of a source of the pipeline\n"
    ".limit ROWS         how many rows are shown (20)\n"
    ".quit\n";

struct ReplArguments {
  PipelineFile file;
  std::vector<std::string> input;
};

bool is_pipeline_file(const std::string& path) { return path.ends_with(".yaml") || path.ends_with(".yml") || path.ends_with(".weir"); }

/// "rows.jsonl" or "orders=rows.jsonl".
Status load_rows(ReplSession& session, const std::string& input) {
  const auto equals = input.find('=');
  return equals == std::string::npos ? session.load_rows(input, "") : session.load_rows(input.substr(equals + 1), input.substr(0, equals));
}

bool load(ReplSession& session, const std::string& file) {
  if (is_pipeline_file(file)) return session.load_pipeline(file);
  const Status loaded = load_rows(session, file);
  if (!loaded.ok()) fmt::print(stderr, "{}", render(loaded.error()));
  return loaded.ok();
}

bool set_limit(ReplSession& session, const std::string& text) {
  std::size_t rows = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), rows);
  if (text.empty() || parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size() || rows == 0) {
    fmt::print(stderr, "error: .limit wants a number of rows: {}\n", text);
    return false;
  }
  session.set_limit(rows);
  return true;
}

/// Nothing: to the end.
std::optional<bool> run_command(ReplSession& session, const std::string& line) {
  const std::size_t end = std::min(line.find_first_of(" \t"), line.size());
  const std::string command = line.substr(0, end);
  std::string rest = line.substr(std::min(line.find_first_not_of(" \t", end), line.size()));
  while (!rest.empty() && (rest.back() == ' ' || rest.back() == ';')) rest.pop_back();
  if (command == ".quit" || command == ".exit") return std::nullopt;
  if (command == ".help") return fmt::print("{}", help), true;
  if (command == ".columns") return session.print_columns(rest);
  if (command == ".functions") return session.print_functions(rest), true;
  if (command == ".load") return load(session, rest);
  if (command == ".limit") return set_limit(session, rest);
  fmt::print(stderr, "error: unknown command: {} (.help tells which there are)\n", command);
  return false;
}

bool is_blank(const std::string& text) { return text.find_first_not_of(" \t\r\n") == std::string::npos; }

std::string without_semicolon(std::string text) {
  while (!text.empty() && (text.back() == ';' || text.back() == ' ' || text.back() == '\n' || text.back() == '\t')) text.pop_back();
  return text;
}

/// What is typed, one query after the other.
class Dialogue {
 public:
  explicit Dialogue(ReplSession& session) : session_(session), reader_(make_line_reader()), is_piped_(!is_terminal(stdin)) {}

  /// Whether everything went well.
  bool run() {
    bool is_good = true;
    while (const std::optional<std::string> text = next()) {
      reader_->remember(*text);
      if (text->front() != '.') {
        is_good = session_.run(without_semicolon(*text)) && is_good;
      } else {
        const std::optional<bool> done = run_command(session_, *text);
        if (!done) break;
        is_good = *done && is_good;
      }
      std::fflush(stdout);
    }
    return is_good;
  }

 private:
  std::optional<std::string> line(const char* prompt) {
    if (!kept_) return reader_->next(prompt);
    return std::exchange(kept_, std::nullopt);
  }

  /// A command or a whole query. A blank line ends one that wants more.
  std::optional<std::string> next() {
    std::optional<std::string> first;
    do first = line("weir> ");
    while (first && is_blank(*first));
    if (!first || first->front() == '.') return first;
    std::string text = *first;
    for (;;) {
      const bool is_open = wants_more(text);
      // Piped lines can be looked at before they are run.
      if (!is_open && (!is_piped_ || text.find_last_of(';') == text.find_last_not_of(" \t"))) return text;
      const std::optional<std::string> more = line("  ... ");
      if (!more || is_blank(*more)) return text;
      if (!is_open && !goes_on(*more)) {
        kept_ = more;
        return text;
      }
      text += "\n" + *more;
    }
  }

  ReplSession& session_;
  const std::unique_ptr<LineReader> reader_;
  const bool is_piped_;
  std::optional<std::string> kept_;  // read already
};

int repl(ReplArguments& arguments) {
  log::set_level(log::Level::warning);
  const std::optional<Variables> variables = arguments.file.variables();
  if (!variables) return arguments.file.exit_code();
  ReplSession session(*variables, arguments.file.plugins());
  if (!arguments.file.path().empty() && !session.load_pipeline(arguments.file.path())) return exit_pipeline_wrong;
  for (const std::string& input : arguments.input) {
    if (const Status loaded = load_rows(session, input); !loaded.ok()) return report(loaded.error()), exit_failed;
  }
  if (is_terminal(stdin)) fmt::print("weir {}: an expression or a query; .help tells more, .quit ends\n", WEIR_VERSION);
  return Dialogue(session).run() || is_terminal(stdin) ? exit_done : exit_failed;
}

}  // namespace

CommandBody add_repl(CLI::App& app) {
  CLI::App* command = app.add_subcommand("repl", "Evaluates expressions, and queries over sample rows, as they are typed");
  const auto arguments = std::make_shared<ReplArguments>();
  arguments->file.add_options(*command, false);
  command->add_option("--input", arguments->input, "Sample rows, JSON lines or CSV with a header: called rows, or the rows of a source of FILE")
      ->type_name("[SOURCE=]FILE")
      ->allow_extra_args(false);
  command->footer(
      "Examples:\n  weir repl\n  weir repl --input orders.jsonl\n  weir repl pipelines/purchase/purchase.weir --input purchases=sample.jsonl\n"
      "  echo \"upper('tea')\" | weir repl");
  return [arguments] { return repl(*arguments); };
}

}  // namespace weir
