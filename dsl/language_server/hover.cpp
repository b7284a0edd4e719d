// hover.cpp — what is told of the word under a cursor.
#include "dsl/language_server/hover.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "dsl/language_server/help.h"
#include "dsl/language_server/place.h"
#include "dsl/language_server/scope.h"
#include "dsl/variables.h"
#include "engine/expression/binder.h"
#include "engine/plan/calls_in.h"

namespace weir {
namespace {

bool is_word_character(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

bool is_secret(const std::string& name, const std::string& value) {
  std::string lower;
  for (const char c : name) lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (const char* word : {"password", "passwd", "secret", "token", "credential", "key", "dsn"}) {
    if (lower.find(word) != std::string::npos) return true;
  }
  const auto scheme = value.find("://");  // user:password@host
  return (scheme != std::string::npos && value.find('@', scheme) != std::string::npos) || value.find("password=") != std::string::npos;
}

class HoverSearch {
 public:
  HoverSearch(const Document& document, const Analysis& analysis, const Symbols& symbols, std::size_t offset, const Variables& variables)
      : document_(document), text_(document.text()), analysis_(analysis), symbols_(symbols), offset_(offset), variables_(variables) {
    word_ = {offset, offset};
    while (word_.start > 0 && is_word_character(text_[word_.start - 1])) --word_.start;
    while (word_.end < text_.size() && is_word_character(text_[word_.end])) ++word_.end;
  }

  std::optional<Hover> run() {
    if (auto found = variable()) return found;
    if (auto found = mention()) return found;
    if (auto found = function()) return found;
    if (auto found = key()) return found;
    if (auto found = type()) return found;
    return expression();
  }

 private:
  std::string word() const { return text_.substr(word_.start, word_.end - word_.start); }

  // ${NAME}, ${NAME:-default}.
  std::optional<Hover> variable() const {
    const std::size_t start = offset_ == 0 ? std::string::npos : text_.rfind("${", offset_);
    if (start == std::string::npos || (start > 0 && text_[start - 1] == '$')) return std::nullopt;
    const std::size_t end = closing_brace(text_, start);
    if (end == std::string::npos || offset_ > end || text_.find('\n', start) < end) return std::nullopt;
    const std::string inner = text_.substr(start + 2, end - start - 2);
    const TextSpan span{start, end + 1};
    if (inner.starts_with("file:")) return Hover{"A secret out of a file; never printed.", span};
    const std::size_t sign = inner.find(":-");
    const std::string name = inner.substr(0, sign);
    const std::optional<std::string> value = variable_value(variables_, name);
    if (value && !value->empty()) return Hover{is_secret(name, *value) ? fmt::format("`{}` is set; its value is not shown.", name) : fmt::format("`{}` is `{}`", name, *value), span};
    if (sign == std::string::npos) return Hover{fmt::format("`{}` is not set here. A run needs it: in the environment, by `--set` or by `--config`.", name), span};
    return Hover{fmt::format("`{}` is not set here; default: `{}`", name, inner.substr(sign + 2)), span};
  }

  std::optional<Hover> mention() const {
    const Mention* found = symbols_.find(document_, offset_);
    if (found == nullptr) return std::nullopt;
    const TextSpan span = document_.span_of(found->where);
    switch (found->kind) {
      case Mention::Kind::column:
        return column(*found, span);
      case Mention::Kind::source:
        return Hover{relation("source", found->name), span};
      case Mention::Kind::stream:
        return Hover{relation("stream", found->name), span};
      case Mention::Kind::table:
        return Hover{relation("lookup table", found->name), span};
      case Mention::Kind::sink:
        return Hover{sink(found->name), span};
      case Mention::Kind::report:
        return Hover{report(found->name), span};
      case Mention::Kind::connection:
        return Hover{fmt::format("connection **{}**", found->name), span};
      case Mention::Kind::function:
        return function();
    }
    return std::nullopt;
  }

  std::string relation(const char* kind, const std::string& name) const {
    const std::optional<Schema> columns = columns_of(analysis_.knowledge, name);
    return fmt::format("{} **{}**{}", kind, name, columns ? "\n" + columns_in_lines(*columns) : "");
  }

  std::string sink(const std::string& name) const {
    const auto found = analysis_.knowledge.sinks.find(name);
    const bool is_known = found != analysis_.knowledge.sinks.end() && !found->second.empty();
    return fmt::format("sink **{}**{}", name, is_known ? "\n" + columns_in_lines(found->second.back()) : "");
  }

  std::string report(const std::string& name) const {
    std::string text = fmt::format("report **{}**", name);
    for (const ReportSyntax& report : analysis_.knowledge.syntax->reports) {
      if (report.name.text != name) continue;
      text += fmt::format(", drawn as {}", to_string(report.chart));
      for (const std::string& words : {report.title, report.description}) text += words.empty() ? "" : "\n\n" + words;
    }
    return text;
  }

  std::optional<Hover> column(const Mention& mention, TextSpan span) const {
    const std::optional<Field> field = symbols_.field_of(mention);
    if (!field) return std::nullopt;
    std::string text = fmt::format("```sql\n{}\n```", text_of(*field));
    const std::optional<Location> made = symbols_.definition_of(mention);
    if (made && made->source == mention.where.source && made->line != mention.where.line) text += fmt::format("\nfrom line {}: `{}`", made->line, line_of(*made));
    return Hover{std::move(text), span};
  }

  std::string line_of(const Location& where) const {
    Location whole = where;
    whole.column = 1;
    whole.length = 0;
    const TextSpan span = document_.span_of(whole);
    std::string line = text_.substr(span.start, span.end - span.start);
    std::replace(line.begin(), line.end(), '`', '\'');
    const std::size_t first = line.find_first_not_of(" \t");
    return first == std::string::npos ? line : line.substr(first, line.find_last_not_of(" \t\r") - first + 1);
  }

  std::optional<Hover> function() const {
    const std::size_t next = text_.find_first_not_of(" \t", word_.end);
    if (next == std::string::npos || text_[next] != '(') return std::nullopt;
    const std::optional<FunctionHelp> help = find_function(*analysis_.registry, word());
    return help ? std::optional(Hover{help_of(*help), word_}) : std::nullopt;
  }

  std::optional<Hover> key() const {
    const Place place = place_in(document_, offset_);
    if (place.kind == Place::Kind::key) {
      if (place.key != nullptr) return Hover{help_of(*place.key), place.word};
      if (const std::optional<OptionDoc> option = find_option(place, *analysis_.registry)) return Hover{help_of(*option), place.word};
    }
    if (place.kind == Place::Kind::value && place.what == KeyKind::connector) {
      for (const auto& [name, summary] : connectors_at(place.block, *analysis_.registry)) {
        if (name == word()) return Hover{fmt::format("**{}**: {}", name, summary), word_};
      }
    }
    return document_.spelling() == Spelling::weir ? keyword(place) : std::nullopt;
  }

  // A step, or what a statement creates: as YAML's keys say it.
  std::optional<Hover> keyword(const Place& place) const {
    std::string lower;
    for (const char c : word()) lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (place.kind == Place::Kind::step || (place.kind == Place::Kind::clause && lower == "select")) {
      const LanguageKey* key = find_key(Block::step, lower);
      if (key != nullptr) return Hover{help_of(*key), word_};
    }
    if (place.kind != Place::Kind::creation) return std::nullopt;
    const std::string section = lower == "stream" ? "transforms" : lower == "pipeline" ? "name" : lower + "s";
    const LanguageKey* key = find_key(Block::pipeline, section);
    return key == nullptr ? std::nullopt : std::optional(Hover{key->summary, word_});
  }

  std::optional<Hover> type() const {
    const Place place = place_in(document_, offset_);
    if (place.kind != Place::Kind::value || (place.what != KeyKind::type && place.what != KeyKind::declared)) return std::nullopt;
    const std::optional<Type> type = parse_type(word());
    return type ? std::optional(Hover{fmt::format("type `{}`", to_string(*type)), word_}) : std::nullopt;
  }

  // The innermost expression around the cursor, and its type.
  std::optional<Hover> expression() const {
    const Ast* found = nullptr;
    const Schema* columns = nullptr;
    for (const PlacedExpression& one : symbols_.expressions()) {
      if (one.columns == nullptr || one.ast->where.source->name != document_.path() || !document_.span_of(one.ast->where).holds(offset_)) continue;
      for_each_part(*one.ast, [&](const Ast& part) {
        if (!document_.span_of(part.where).holds(offset_)) return false;
        found = &part;
        columns = one.columns;
        return true;
      });
    }
    if (found == nullptr) return std::nullopt;
    Diagnostics unused;
    const ExpressionPtr bound = bind(*found, Scope{columns, "", nullptr, nullptr, nullptr}, analysis_.registry->functions, unused);
    if (bound == nullptr) return std::nullopt;
    return Hover{fmt::format("`{}{}`", to_string(bound->type), bound->nullable ? "" : " not null"), document_.span_of(found->where)};
  }

  const Document& document_;
  const std::string& text_;
  const Analysis& analysis_;
  const Symbols& symbols_;
  const std::size_t offset_;
  const Variables& variables_;
  TextSpan word_;
};

}  // namespace

std::optional<Hover> hover_at(const Document& document, const Analysis& analysis, const Symbols& symbols, std::size_t offset, const Variables& variables) {
  return HoverSearch(document, analysis, symbols, offset, variables).run();
}

}  // namespace weir
