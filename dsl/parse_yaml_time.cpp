// parse_yaml_time.cpp — the YAML front end: event time of sources, spans of time, and when rows are written.
#include <fmt/format.h>

#include <cctype>

#include "dsl/parse_yaml.h"

namespace weir {
namespace {

constexpr const char* span_example = "write it as 5 minutes, 90 s or 2 h";
constexpr const char* watermark_example = "write it as ts - INTERVAL 1 HOUR, or as {column: ts, delay: 1 hour}";
constexpr const char* emit_example = "write changes, final or every 5 minutes";

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

/// "INTERVAL 5 MINUTES" has a span of time; so has no interval with months in it.
std::optional<Duration> span_of(const Ast& ast) {
  const auto* literal = std::get_if<LiteralAst>(&ast.node);
  const auto* interval = literal == nullptr ? nullptr : std::get_if<Interval>(&literal->value.data);
  if (interval == nullptr || interval->months != 0 || interval->days < 0 || interval->nanoseconds < 0) return std::nullopt;
  return Duration(std::int64_t{interval->days} * 86'400'000'000 + interval->nanoseconds / 1000);
}

// "ts - INTERVAL 1 HOUR", or "ts" alone.
std::optional<TimeSyntax> read_watermark_text(const Config& config, const std::string& what, YamlReader& reader) {
  const AstPtr expression = reader.expression(config, "watermark of " + what);
  if (expression == nullptr) return std::nullopt;
  const Ast* column = expression.get();
  TimeSyntax time;
  const auto* difference = std::get_if<CallAst>(&expression->node);
  if (difference != nullptr && difference->function == "-" && difference->arguments.size() == 2) {
    column = difference->arguments[0].get();
    const std::optional<Duration> delay = span_of(*difference->arguments[1]);
    if (!delay) {
      reader.report("W0401", difference->arguments[1]->where, fmt::format("watermark of {}: what is taken off is not a span of time", what),
                    watermark_example);
      return std::nullopt;
    }
    time.rules.delay = *delay;
  }
  const auto* name = std::get_if<NameAst>(&column->node);
  if (name == nullptr || name->parts.size() != 1) {
    reader.report("W0401", column->where, fmt::format("watermark of {}: expected a column", what), watermark_example);
    return std::nullopt;
  }
  time.column = {name->parts.front(), column->where};
  return time;
}

std::optional<TimeSyntax> read_watermark(const Config& config, const std::string& what, YamlReader& reader) {
  if (!config.is_map()) return read_watermark_text(config, what, reader);
  reader.check_keys(config, "watermark of " + what, Block::watermark);
  TimeSyntax time;
  const std::optional<Name> column = reader.required_name(config, "column", "watermark of " + what);
  if (column) time.column = *column;
  const Config* delay = config.find("delay");
  const std::optional<Duration> span = delay == nullptr ? Duration{} : read_span(*delay, "delay of watermark of " + what, reader);
  if (!column || !span) return std::nullopt;
  time.rules.delay = *span;
  return time;
}

// keep, correct, drop, or {correct: 1 day}.
void read_late(const Config& config, EventTime& rules, const std::string& what, YamlReader& reader) {
  const char* example = "write keep, drop, correct or {correct: 1 day}";
  if (config.is_map()) {
    reader.check_keys(config, "late of " + what, Block::late);
    const Config* span = config.find("correct");
    if (span == nullptr) return reader.report("W0109", config, fmt::format("late of {} says nothing", what), example);
    rules.late = LateRows::correct;
    rules.correct_for = read_span(*span, "correct of " + what, reader);
    return;
  }
  const std::string text = config.is_scalar() ? lower(config.scalar()) : "";
  if (text == "keep") {
    rules.late = LateRows::keep;
  } else if (text == "drop") {
    rules.late = LateRows::drop;
  } else if (text == "correct") {
    rules.late = LateRows::correct;
  } else {
    reader.report("W0110", config, fmt::format("late of {}: expected keep, drop or correct, got '{}'", what, text), example);
  }
}

bool is_never(const Config& config) { return config.is_scalar() && lower(config.scalar()) == "never"; }

}  // namespace

std::optional<Duration> read_span(const Config& config, const std::string& what, YamlReader& reader) {
  std::string text = config.is_scalar() ? lower(config.scalar()) : "";
  if (text.rfind("interval", 0) == 0) {
    const AstPtr literal = reader.expression(config, what);
    if (literal == nullptr) return std::nullopt;
    if (const std::optional<Duration> span = span_of(*literal)) return span;
  }
  if (const std::optional<Duration> span = parse_duration(text)) return span;
  reader.report("W0122", config, fmt::format("{}: expected a span of time, got '{}'", what, text), span_example);
  return std::nullopt;
}

void read_time(const Config& config, SourceSyntax& source, YamlReader& reader) {
  const std::string what = "source " + source.name.text;
  const Config* watermark = config.find("watermark");
  for (const char* key : {"late", "idle_after", "max_future", "close_when_quiet"}) {
    const Config* given = config.find(key);
    if (watermark == nullptr && given != nullptr)
      reader.report("W0403", given->key_where, fmt::format("{} of {} needs a watermark", key, what), watermark_example);
  }
  if (watermark == nullptr) return;
  source.time = read_watermark(*watermark, what, reader);
  source.is_broken = source.is_broken || !source.time;
  TimeSyntax unused;
  EventTime& rules = source.time ? source.time->rules : unused.rules;
  rules.where = watermark->key_where;
  if (const Config* late = config.find("late")) read_late(*late, rules, what, reader);
  if (const Config* idle = config.find("idle_after")) rules.idle_after = read_span(*idle, "idle_after of " + what, reader).value_or(rules.idle_after);
  if (const Config* future = config.find("max_future")) {
    rules.max_future = is_never(*future) ? std::nullopt : read_span(*future, "max_future of " + what, reader);
  }
  if (const Config* quiet = config.find("close_when_quiet")) {
    if (!is_never(*quiet)) rules.close_when_quiet = read_span(*quiet, "close_when_quiet of " + what, reader);
  }
}

std::optional<Emit> read_emit(const Config& config, const std::string& what, YamlReader& reader) {
  const std::string text = config.is_scalar() ? lower(config.scalar()) : "";
  if (text == "changes") return Emit{};
  if (text == "final") return Emit{Emit::Kind::final};
  if (text.rfind("every ", 0) == 0) {
    std::string span = text.substr(6);
    if (span.rfind("interval ", 0) == 0) span = span.substr(9);
    const std::optional<Duration> interval = parse_duration(span);
    if (interval && interval->count() >= 1000) return Emit{Emit::Kind::every, *interval};
  }
  reader.report("W0110", config, fmt::format("emit of {}: expected changes, final or every and a span of time, got '{}'", what, text), emit_example);
  return std::nullopt;
}

}  // namespace weir
