// completion.cpp — what may be written at a place of a document.
#include "dsl/language_server/completion.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

#include "dsl/language_server/answer.h"
#include "dsl/language_server/help.h"
#include "dsl/language_server/snippets.h"
#include "dsl/weir_columns.h"

namespace weir {
namespace {

// The protocol's numbers for kinds of completions.
enum class OfferKind : std::uint8_t { function = 3, field = 5, relation = 7, block = 9, key = 10, value = 12, keyword = 14, snippet = 15, type = 25 };

struct Offer {
  std::string label;
  OfferKind kind;
  std::string detail{};
  std::string documentation{};
  std::string insert{};       // empty: the label
  bool is_snippet = false;
  char rank = '5';            // what is nearer stands first
};

// What a query may go on with; each step and clause once.
constexpr std::array query_words = {"FROM", "SELECT", "JOIN", "LEFT JOIN", "ON", "USING", "WHERE", "GROUP BY", "HAVING", "AS"};
constexpr std::array expression_words = {"AND", "OR", "NOT", "IS NULL", "IS NOT NULL", "IN", "BETWEEN", "LIKE", "RLIKE", "CASE WHEN", "THEN", "ELSE", "END",
                                         "CAST", "TRY_CAST", "INTERVAL", "TIMESTAMP", "DATE", "TRUE", "FALSE", "NULL", "DISTINCT", "FILTER", "OVER"};
// What a step goes on with, by its first word.
constexpr std::array step_parts = {std::pair{"join", "ON"},          std::pair{"join", "USING"},   std::pair{"join", "WITHIN"}, std::pair{"join", "WHERE"},
                                   std::pair{"join", "SELECT"},      std::pair{"join", "AS"},      std::pair{"select", "AS"},   std::pair{"extend", "AS"},
                                   std::pair{"aggregate", "AS"},     std::pair{"aggregate", "GROUP BY"}, std::pair{"explode", "AS"}, std::pair{"explode", "POSITION"},
                                   std::pair{"explode", "KEEP EMPTY"}, std::pair{"dedup", "ON"},   std::pair{"dedup", "WITHIN"}};
constexpr std::array creation_words = {std::pair{"PIPELINE", "name"},    std::pair{"CONNECTION", "connections"}, std::pair{"SOURCE", "sources"}, std::pair{"TABLE", "tables"},
                                       std::pair{"STREAM", "transforms"}, std::pair{"SINK", "sinks"},            std::pair{"FUNCTION", "functions"}, std::pair{"REPORT", "reports"},
                                       std::pair{"TEST", "tests"}};
constexpr std::array window_functions = {std::pair{"tumble", "tumble(ts, size)"}, std::pair{"hop", "hop(ts, slide, size)"}, std::pair{"cumulate", "cumulate(ts, step, size)"},
                                         std::pair{"session", "session(ts, gap)"}};

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

bool is_word_character(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || (static_cast<unsigned char>(c) & 0x80) != 0; }

class Completion {
 public:
  explicit Completion(const CompletionRequest& request) : request_(request), place_(request.place), is_weir_(request.document.spelling() == Spelling::weir) {}

  std::vector<Offer> run() {
    switch (place_.kind) {
      case Place::Kind::nothing:
        break;
      case Place::Kind::key:
        add_keys();
        break;
      case Place::Kind::entry:
        break;
      case Place::Kind::value:
        add_values();
        break;
      case Place::Kind::statement:
        for (const char* word : {"CREATE"}) add({.label = word, .kind = OfferKind::keyword});
        break;
      case Place::Kind::creation:
        for (const auto& [word, section] : creation_words) add({.label = word, .kind = OfferKind::keyword, .documentation = find_key(Block::pipeline, section)->summary});
        break;
      case Place::Kind::step:
        for (const LanguageKey& step : keys_of(Block::step)) {
          if (!step.is_later) add({.label = upper(step.name), .kind = OfferKind::keyword, .documentation = help_of(step)});
        }
        add({.label = "LEFT JOIN", .kind = OfferKind::keyword, .documentation = help_of(*find_key(Block::step, "join"))});
        break;
      case Place::Kind::clause:
        add_clause();
        break;
    }
    if (request_.takes_snippets || place_.kind == Place::Kind::statement || place_.kind == Place::Kind::entry) add_snippets();
    return std::move(offers_);
  }

 private:
  void add(Offer offer) {
    if (seen_.insert(offer.label).second) offers_.push_back(std::move(offer));
  }

  bool is_present(const std::string& key) const { return std::find(place_.present.begin(), place_.present.end(), key) != place_.present.end(); }

  // Statements have places of their own for some keys.
  bool is_option(const LanguageKey& key) const {
    if (!is_weir_) return true;
    const bool is_nested = key.kind == KeyKind::section || key.kind == KeyKind::declared || key.kind == KeyKind::computed || key.kind == KeyKind::blocks;
    const bool is_said = key.name == "name" || key.name == "input" || key.name == "inputs" || key.name == "where" || key.name == "select" || key.name == "watermark" ||
                         key.name == "code" || key.name == "language" || (key.name == "parameters" && place_.block == Block::function) || key.name == "returns" ||
                         key.name == "sql";
    return (!is_nested || key.name == "references") && !is_said;
  }

  bool excludes(const LanguageKey& key) const {
    const bool has_outlet = place_.block == Block::sink && request_.registry.find_outlet(place_.type) != nullptr;
    const std::vector<std::string>& of_tables = table_keys_of_sinks();
    return has_outlet && std::find(of_tables.begin(), of_tables.end(), key.name) != of_tables.end();
  }

  void add_keys() {
    const bool is_done = place_.block == Block::step && !place_.present.empty() && !place_.needs_dash;
    if (is_done) return;
    for (const LanguageKey& key : keys_of(place_.block)) {
      if (key.is_later || is_present(key.name) || !is_option(key) || excludes(key)) continue;
      const char rank = key.is_required ? '1' : '3';
      add({.label = key.name, .kind = OfferKind::key, .documentation = help_of(key), .insert = key_text(key), .is_snippet = request_.takes_snippets, .rank = rank});
    }
    for (const OptionDoc& option : options_at(place_, request_.registry)) {
      if (is_present(option.name)) continue;
      const std::string text = is_weir_ ? option.name + " = " : option.name + ": ";
      add({.label = option.name, .kind = OfferKind::key, .detail = option.type, .documentation = help_of(option), .insert = text, .rank = option.required ? '1' : '4'});
    }
    // A join is with a table or with a stream: until it says with which, it may be either.
    if (place_.block != Block::table_join || is_present("table")) return;
    for (const LanguageKey& key : keys_of(Block::stream_join)) {
      if (!is_present(key.name)) add({.label = key.name, .kind = OfferKind::key, .documentation = help_of(key), .insert = key_text(key), .is_snippet = request_.takes_snippets});
    }
  }

  // With what opens its value. The client indents what follows a line break as the line itself.
  std::string key_text(const LanguageKey& key) const {
    if (is_weir_) return key.name + " = ";
    const std::string dash = place_.needs_dash ? "- " : "";
    const std::string indent = place_.is_item || place_.needs_dash ? "\n    " : "\n  ";
    if (!request_.takes_snippets) return dash + key.name + ": ";
    switch (key.kind) {
      case KeyKind::section:
      case KeyKind::block:
      case KeyKind::declared:
      case KeyKind::computed:
        return dash + key.name + ":" + indent + "$0";
      case KeyKind::blocks:
        return dash + key.name + ":" + indent + "- $0";
      case KeyKind::columns:
      case KeyKind::names:
      case KeyKind::paths:
      case KeyKind::relations:
        return dash + key.name + ": [$0]";
      default:
        return dash + key.name + ": $0";
    }
  }

  void add_words(const std::vector<std::string>& words) {
    for (const std::string& word : words) add_word(word);
  }
  void add_word(const std::string& word, const std::string& documentation = {}) {
    add({.label = word, .kind = OfferKind::value, .documentation = documentation, .insert = quoted_option(word), .rank = '1'});
  }
  // In .weir files the value of an option is a text, unless the quotes are there already.
  std::string quoted_option(const std::string& word) const {
    const std::string& text = request_.document.text();
    const bool is_in_quotes = place_.word.start > 0 && text[place_.word.start - 1] == '\'';
    const bool is_word = word == "true" || word == "false";
    return is_weir_ && !is_in_quotes && !is_word && !place_.name.empty() ? "'" + word + "'" : word;
  }

  void add_values() {
    if (place_.key != nullptr && place_.what != KeyKind::conflict) add_words(place_.key->words);
    if (place_.key == nullptr && !place_.name.empty()) return add_option_values();
    switch (place_.what) {
      case KeyKind::truth:
        return add_words({"true", "false"});
      case KeyKind::connector:
        for (const auto& [name, summary] : connectors_at(place_.block, request_.registry)) add_word(name, summary);
        return;
      case KeyKind::format:
        for (const FormatSpec& format : request_.registry.formats) add_word(format.name, format.summary);
        return;
      case KeyKind::emit:
        return add_words({"changes", "final", "every 5 minutes"});
      case KeyKind::conflict:
        if (follows("by")) return add_bare_columns();
        return add_words({"ignore", "update", "update newer by ", "error"});
      case KeyKind::relation:
      case KeyKind::relations:
        return add_relations();
      case KeyKind::lookup:
        add_tables();
        return is_weir_ ? add_relations() : void();
      case KeyKind::connection:
        return add_connections();
      case KeyKind::type:
      case KeyKind::declared:
      case KeyKind::types:
        return add_types();
      case KeyKind::column:
      case KeyKind::columns:
      case KeyKind::renaming:
        return add_bare_columns();
      case KeyKind::named:
      case KeyKind::computed:
        return place_.is_entry_name ? add_bare_columns() : add_expression();
      case KeyKind::expression:
        return add_expression();
      default:
        return;
    }
  }

  void add_option_values() {
    const std::optional<OptionDoc> option = find_option(place_, request_.registry);
    if (!option) return;
    if (option->type == "boolean") add_words({"true", "false"});
    add_words(choices_of(option->type));
  }

  void add_relation(const std::string& name, const char* kind) {
    const std::optional<Schema> columns = columns_of(request_.names, name);
    add({.label = name, .kind = OfferKind::relation, .detail = kind, .documentation = columns ? columns_in_lines(*columns) : "", .rank = '2'});
  }

  void add_relations() {
    if (!request_.names.syntax) return;
    for (const SourceSyntax& source : request_.names.syntax->sources) add_relation(source.name.text, "source");
    for (const StreamSyntax& stream : request_.names.syntax->streams) {
      if (stream.name.text != place_.entry || place_.section != "transforms") add_relation(stream.name.text, "stream");
    }
  }

  void add_tables() {
    if (!request_.names.syntax) return;
    for (const TableSyntax& table : request_.names.syntax->tables) add_relation(table.name.text, "lookup table");
  }

  void add_connections() {
    if (!request_.names.syntax) return;
    for (const ConnectionSyntax& connection : request_.names.syntax->connections)
      add({.label = connection.name.text, .kind = OfferKind::relation, .detail = "connection", .insert = quoted_option(connection.name.text)});
  }

  void add_types() {
    for (const std::string& name : type_names()) add({.label = name, .kind = OfferKind::type, .rank = '2'});
    for (const char* word : {"not null", "metadata", "from", "check"}) add({.label = word, .kind = OfferKind::keyword, .rank = '6'});
  }

  void add_column(const Field& field, const std::string& insert, char rank = '1') {
    const std::string detail = fmt::format("{}{}", to_string(field.type), field.nullable ? "" : " not null");
    add({.label = field.name, .kind = OfferKind::field, .detail = detail, .insert = insert, .rank = rank});
  }

  // Names alone: of the keys of a join, and of a list in its select, those of the joined relation.
  void add_bare_columns() {
    const bool is_of_joined = !is_weir_ && (place_.block == Block::table_join || place_.block == Block::stream_join) && !place_.relations.empty();
    if (is_of_joined) {
      for (const auto& [called, columns] : request_.columns.relations) {
        for (const Field& field : columns.fields) add_column(field, field.name);
      }
      return;
    }
    if (!request_.columns.own) return;
    const bool is_in_query = is_weir_ && place_.name.empty();
    for (const Field& field : request_.columns.own->fields) add_column(field, is_in_query ? quoted_name(field.name) : quoted_option(field.name));
  }

  // Whether `word` stands before the one that is being written.
  bool follows(std::string_view word) const {
    const std::string_view text = std::string_view(request_.document.text()).substr(0, place_.word.start);
    const std::size_t end = text.find_last_not_of(' ');
    return end != std::string_view::npos && end + 1 < text.size() && text.substr(0, end + 1).ends_with(word);
  }

  // What stands before a dot that the word follows.
  std::string qualifier() const {
    const std::string& text = request_.document.text();
    std::size_t dot = place_.word.start;
    if (dot == 0 || text[dot - 1] != '.') return {};
    std::size_t start = --dot;
    while (start > 0 && is_word_character(text[start - 1])) --start;
    return text.substr(start, dot - start);
  }

  void add_qualified(const std::string& name) {
    for (const auto& [called, columns] : request_.columns.relations) {
      if (called != name) continue;
      for (const Field& field : columns.fields) add_column(field, quoted_name(field.name));
    }
    if (!request_.columns.own) return;
    const auto column = request_.columns.own->index_of(name);
    if (!column || request_.columns.own->fields[*column].type.kind != TypeKind::structure) return;
    for (const Field& field : request_.columns.own->fields[*column].type.nested->fields) add_column(field, quoted_name(field.name));
  }

  void add_expression() {
    if (const std::string name = qualifier(); !name.empty()) return add_qualified(name);
    if (request_.columns.own) {
      for (const Field& field : request_.columns.own->fields) add_column(field, quoted_name(field.name));
    }
    for (const auto& [called, columns] : request_.columns.relations)
      add({.label = called, .kind = OfferKind::relation, .detail = "relation", .documentation = columns_in_lines(columns), .insert = called + ".", .rank = '2'});
    add_functions();
    for (const char* word : expression_words) add({.label = word, .kind = OfferKind::keyword, .rank = '7'});
  }

  void add_function(const std::string& name, const std::string& signature, const std::string& documentation) {
    const std::string insert = request_.takes_snippets ? name + "($0)" : name;
    add({.label = name, .kind = OfferKind::function, .detail = signature, .documentation = documentation, .insert = insert, .is_snippet = request_.takes_snippets, .rank = '3'});
  }

  void add_functions() {
    for (const FunctionHelp& function : all_functions(request_.registry)) add_function(function.declaration->name, function.declaration->signature, help_of(function));
    for (const auto& [name, signature] : window_functions) add_function(name, signature, "A window of time, of an aggregate");
  }

  void add_clause() {
    if (place_.what == KeyKind::declared) {
      add({.label = "WATERMARK FOR", .kind = OfferKind::keyword, .documentation = find_key(Block::source, "watermark")->summary});
      add({.label = "PRIMARY KEY", .kind = OfferKind::keyword, .documentation = find_key(Block::table, "key")->summary});
      return;
    }
    if (place_.what == KeyKind::type) {
      for (const char* word : {"NOT NULL", "FROM", "METADATA", "CHECK"}) add({.label = word, .kind = OfferKind::keyword});
      return;
    }
    if (place_.what == KeyKind::expression) add_expression();
    if (!qualifier().empty()) return;
    if (place_.is_plain_select) {
      for (const char* word : query_words) add({.label = word, .kind = OfferKind::keyword, .rank = '6'});
      return;
    }
    const std::string first = lower(place_.name);
    for (const auto& [step, word] : step_parts) {
      if (first == step || (first == "left" && std::string_view(step) == "join")) add({.label = word, .kind = OfferKind::keyword, .rank = '2'});
    }
  }

  void add_snippets() {
    for (const Snippet& snippet : snippets_at(place_, request_.document.spelling())) {
      const std::string dash = place_.needs_dash ? "- " : "";
      const std::string text = dash + (request_.takes_snippets ? std::string(snippet.text) : plain_text(snippet.text));
      add({.label = snippet.label, .kind = OfferKind::snippet, .detail = snippet.summary, .insert = text, .is_snippet = request_.takes_snippets, .rank = '8'});
    }
  }

  const CompletionRequest& request_;
  const Place& place_;
  bool is_weir_;
  std::vector<Offer> offers_;
  std::set<std::string> seen_;
};

// A replaced range is of one line, and has the cursor in it.
TextSpan replaced(const CompletionRequest& request) {
  const TextSpan word = request.place.word;
  const std::string_view text = std::string_view(request.document.text()).substr(word.start, word.end - word.start);
  const bool is_good = word.start <= request.offset && request.offset <= word.end && text.find('\n') == std::string_view::npos;
  return is_good ? word : TextSpan{request.offset, request.offset};
}

}  // namespace

void write_completion(const CompletionRequest& request, JsonWriter& json) {
  const std::vector<Offer> offers = Completion(request).run();
  const TextRange range = request.document.range_of(replaced(request));
  json.begin_object();
  json.member("isIncomplete", false);
  json.key("items");
  json.begin_array();
  for (const Offer& offer : offers) {
    json.begin_object();
    json.member("label", offer.label);
    json.member("kind", static_cast<std::int64_t>(offer.kind));
    if (!offer.detail.empty()) json.member("detail", offer.detail);
    if (!offer.documentation.empty()) write_markdown("documentation", offer.documentation, json);
    json.member("sortText", std::string(1, offer.rank) + offer.label);
    if (offer.is_snippet) json.member("insertTextFormat", std::int64_t{2});
    json.key("textEdit");
    json.begin_object();
    json.key("range");
    write_range(range, json);
    json.member("newText", offer.insert.empty() ? offer.label : offer.insert);
    json.end_object();
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

}  // namespace weir
