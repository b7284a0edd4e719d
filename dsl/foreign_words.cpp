// foreign_words.cpp — what to write for words and signs of other languages.
#include "dsl/foreign_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace weir {
namespace {

struct Replacement {
  std::string_view word;
  const char* hint;
};

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

template <std::size_t size>
std::string hint_of(const std::array<Replacement, size>& table, std::string_view word) {
  const auto found = std::find_if(table.begin(), table.end(), [&](const Replacement& one) { return one.word == word; });
  return found == table.end() ? std::string() : found->hint;
}

struct ForeignStep {
  std::string_view word;
  const char* yaml;
  const char* weir;
};

constexpr const char* where_step = "write |> WHERE condition";
constexpr const char* select_step = "write |> SELECT expression AS name, ...";
constexpr const char* extend_step = "write |> EXTEND expression AS name";
constexpr const char* aggregate_step = "write |> AGGREGATE sum(x) AS total GROUP BY columns";
constexpr const char* explode_step = "write |> EXPLODE array AS name";
constexpr const char* dedup_step = "write |> DEDUP ON columns";
constexpr const char* drop_step = "write |> DROP columns";
constexpr const char* sorted = "a stream has no end at which it could be sorted: tables are sorted by those who read them";

constexpr std::array<ForeignStep, 31> steps = {{
    {"filter", "where", where_step},
    {"having", "where", where_step},
    {"map", "select", select_step},
    {"mapping", "select", select_step},
    {"project", "select", select_step},
    {"group", "aggregate", aggregate_step},
    {"groupby", "aggregate", aggregate_step},
    {"group_by", "aggregate", aggregate_step},
    {"reduce", "aggregate", aggregate_step},
    {"summarize", "aggregate", aggregate_step},
    {"agg", "aggregate", aggregate_step},
    {"order", "", sorted},
    {"sort", "", sorted},
    {"order_by", "", sorted},
    {"unnest", "explode", explode_step},
    {"flatten", "explode", explode_step},
    {"flatmap", "explode", explode_step},
    {"distinct", "dedup", dedup_step},
    {"unique", "dedup", dedup_step},
    {"deduplicate", "dedup", dedup_step},
    {"from", "", "FROM stands first, before the first |>"},
    {"add", "extend", extend_step},
    {"assign", "extend", extend_step},
    {"derive", "extend", extend_step},
    {"mutate", "extend", extend_step},
    {"set", "extend", extend_step},
    {"withcolumn", "extend", extend_step},
    {"delete", "drop", drop_step},
    {"remove", "drop", drop_step},
    {"left", "join", "write |> LEFT JOIN relation ON relation.key = column"},
    {"over", "extend", "write |> EXTEND sum(x) OVER (...) AS name, behind an AGGREGATE"},
}};

const ForeignStep* find_step(std::string_view word) {
  const std::string wanted = lower(word);
  const auto found = std::find_if(steps.begin(), steps.end(), [&](const ForeignStep& one) { return one.word == wanted; });
  return found == steps.end() ? nullptr : &*found;
}

/// Keys of pipelines of other tools, and what they are here, the first that is known at the place.
struct ForeignKey {
  std::string_view word;
  std::array<std::string_view, 2> here;
};

constexpr std::array<ForeignKey, 26> keys = {{
    {"from", {"input", ""}},           {"source", {"input", ""}},          {"upstream", {"input", ""}},        {"primary_key", {"key", ""}},
    {"primarykey", {"key", ""}},       {"unique_key", {"key", ""}},        {"mode", {"on_conflict", ""}},      {"upsert", {"on_conflict", ""}},
    {"condition", {"where", ""}},      {"filter", {"where", "steps"}},     {"where", {"steps", ""}},           {"select", {"steps", ""}},
    {"sql", {"steps", "query"}},       {"query", {"steps", ""}},           {"fields", {"columns", "select"}},  {"schema", {"columns", "select"}},
    {"connector", {"type", ""}},       {"kind", {"type", ""}},             {"url", {"dsn", ""}},               {"uri", {"dsn", ""}},
    {"on", {"keys", ""}},              {"how", {"type", ""}},              {"group_by", {"by", ""}},           {"groupby", {"by", ""}},
    {"aggregates", {"select", ""}},    {"depends_on", {"input", ""}},
}};

constexpr std::array<Replacement, 5> in_expressions = {{
    {"if", "write CASE WHEN condition THEN value ELSE value END, or if(condition, value, otherwise)"},
    {"at", "write from_utc_timestamp(time, 'Europe/Berlin')"},
    {"xor", "write a <> b"},
    {"regexp", "write RLIKE"},
    {"isnull", "write IS NULL"},
}};

constexpr std::array<Replacement, 15> in_statements = {{
    {"having", "write |> WHERE condition"},
    {"where", "write |> WHERE condition"},
    {"view", "rows get a name by CREATE STREAM NAME AS SELECT ..."},
    {"materialized", "rows get a name by CREATE STREAM NAME AS SELECT ..., and a table by CREATE SINK NAME WITH (...) AS ..."},
    {"temporary", "rows get a name by CREATE STREAM NAME AS SELECT ..."},
    {"temp", "rows get a name by CREATE STREAM NAME AS SELECT ..."},
    {"insert", "what goes into a table is said where the sink is created: CREATE SINK NAME WITH (...) AS SELECT ..."},
    {"|", "steps begin with |>"},
    {"into", "a sink names its table: CREATE SINK NAME WITH (table = '...') AS ..."},
    {"union", "rows are put below these by a step: |> UNION STREAM"},
    {"except", "write * and take columns away by a step: |> DROP columns"},
    {"exclude", "write * and take columns away by a step: |> DROP columns"},
    {"offset", "a stream has no order in which rows could be counted"},
    {"qualify", "write |> WHERE behind the step that computes it"},
    {"with", "give these rows a name: CREATE STREAM NAME AS SELECT ..."},
}};

constexpr std::array<Replacement, 16> signs = {{
    {"{", "options are written (name = value), variables ${NAME}; a pipeline in YAML stands in a file whose name ends in .yaml"},
    {"!", "write NOT condition, or a <> b"},
    {"?", "write CASE WHEN condition THEN value ELSE value END"},
    {"‘", "texts stand in straight quotes: '...'"},
    {"’", "texts stand in straight quotes: '...'"},
    {"“", "texts stand in straight quotes: '...'"},
    {"”", "texts stand in straight quotes: '...'"},
    {"„", "texts stand in straight quotes: '...'"},
    {"´", "texts stand in straight quotes: '...'"},
    {"–", "write - for a minus"},
    {"—", "write - for a minus"},
    {"×", "write * for a product"},
    {"≠", "write <>"},
    {"≤", "write <="},
    {"≥", "write >="},
    {"#", "comments begin with --"},
}};

constexpr std::array<std::string_view, 8> units = {"millisecond", "second", "minute", "hour", "day", "week", "month", "year"};

bool is_unit(std::string word) {
  if (!word.empty() && word.back() == 's') word.pop_back();
  return std::find(units.begin(), units.end(), word) != units.end();
}

bool is_number(std::string_view word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string hint_for_pair(const std::string& previous, const std::string& offending) {
  if (previous == "*" && offending == "*") return "write power(a, b)";
  if (previous == "/" && offending == "/") return "write a DIV b";
  if (previous == "!=" && offending == "=") return "write <>";
  if (previous == "-" && offending == ">") return "fields of JSON are written json:field, those of a struct struct.field";
  if (previous == "is" && (offending == "none" || offending == "nil" || offending == "undefined" || offending == "missing")) return "write IS NULL";
  if (previous == "in" && offending == "[") return "write IN (1, 2, 3)";
  if ((previous == "unnest" && offending == "(") || (previous == "lateral" && (offending == "view" || offending == "table" || offending == "(")))
    return "rows are made of an array's values by a step: FROM ... |> EXPLODE array AS name |> ...";
  if (offending == "to" && !previous.empty()) return "write AS instead of TO";
  return {};
}

}  // namespace

std::string hint_for_foreign_words(const WordsRead& words) {
  const std::string previous = lower(words.previous), offending = lower(words.offending);
  if (std::string hint = hint_for_pair(previous, offending); !hint.empty()) return hint;
  if (words.before == "." && offending == "(") return fmt::format("functions stand in front: {}(value, ...)", words.previous);
  if (is_number(previous) && is_unit(offending)) return fmt::format("write INTERVAL {} {}", words.previous, words.offending);
  if (previous == "within" && is_number(offending)) return "write WITHIN INTERVAL 1 HOUR";
  if (previous == "top") return "a stream has no first rows; a step |> WHERE says which are wanted";
  const bool is_prefix = previous.size() == 1 && std::string_view("fbrune").find(previous.front()) != std::string_view::npos;
  if (is_prefix && !offending.empty() && (offending.front() == '\'' || offending.front() == '"'))
    return "nothing stands in front of a text's quotes; concat('a', b) puts values into one";
  const std::string hint = hint_of(in_expressions, offending);
  return hint.empty() && words.is_in_statement ? hint_of(in_statements, offending) : hint;
}

std::string hint_for_foreign_sign(std::string_view sign) {
  if (sign == "\xC2\xA0") return "this is a blank at which lines are not broken, as word processors make them: write a plain one";
  return hint_of(signs, sign);
}

std::string hint_for_foreign_step(std::string_view word) {
  const ForeignStep* step = find_step(word);
  return step == nullptr ? std::string() : step->weir;
}

std::string step_of_yaml(std::string_view word) {
  const ForeignStep* step = find_step(word);
  return step == nullptr ? std::string() : step->yaml;
}

std::string key_here(std::string_view word, const std::vector<std::string>& known) {
  const auto found = std::find_if(keys.begin(), keys.end(), [&](const ForeignKey& one) { return one.word == lower(word); });
  if (found == keys.end()) return {};
  for (const std::string_view here : found->here) {
    if (std::find(known.begin(), known.end(), here) != known.end()) return std::string(here);
  }
  return {};
}

}  // namespace weir
