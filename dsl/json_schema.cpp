// json_schema.cpp — the JSON schema of pipeline files: the language's own keys, and the options of each connector where its type is named.
#include "dsl/json_schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <functional>

#include "dsl/language_keys.h"
#include "engine/base/duration.h"
#include "engine/base/unit_names.h"
#include "engine/component/json_writer.h"
#include "engine/component/store_lookup.h"

namespace weir {
namespace {

constexpr const char* a_number = "[0-9]*\\.?[0-9]+([eE][+-]?[0-9]+)?";
constexpr const char* a_variable = "\\$\\{";

const char* name_of(Block block) {
  switch (block) {
    case Block::pipeline: return "pipeline";
    case Block::function: return "function";
    case Block::connection: return "connection";
    case Block::source: return "source";
    case Block::watermark: return "watermark";
    case Block::late: return "late";
    case Block::on_error: return "on_error";
    case Block::table: return "table";
    case Block::stream: return "stream";
    case Block::step: return "step";
    case Block::explode: return "explode";
    case Block::dedup: return "dedup";
    case Block::aggregate: return "aggregate";
    case Block::table_join: return "table_join";
    case Block::stream_join: return "stream_join";
    case Block::sink: return "sink";
    case Block::reference: return "reference";
    case Block::fill: return "fill";
    case Block::report: return "report";
    case Block::test: return "test";
    case Block::test_step: return "test_step";
  }
  return "";
}

// "[mM][sS]": regular expressions of schemas know no other way to say any case.
std::string in_any_case(const std::string& word) {
  std::string pattern;
  for (const char c : word) {
    const auto letter = static_cast<unsigned char>(c);
    const bool is_letter = std::isalpha(letter) != 0;
    pattern += is_letter ? fmt::format("[{}{}]", static_cast<char>(std::tolower(letter)), static_cast<char>(std::toupper(letter))) : std::string(1, c);
  }
  return pattern;
}

std::string any_of(const std::vector<std::string>& words) {
  std::string pattern;
  for (const std::string& word : words) pattern += (pattern.empty() ? "" : "|") + in_any_case(word);
  return "(" + pattern + ")";
}

std::string span_pattern() { return fmt::format("^ *({} *{} *$|{} )", a_number, any_of(duration_units()), in_any_case("interval")); }

std::vector<std::string> words_of_choice(const std::string& type) {
  std::vector<std::string> words;
  for (std::string_view rest = type; !rest.empty();) {
    const auto end = std::min(rest.find(" | "), rest.size());
    words.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 3, rest.size()));
  }
  return words;
}

template <typename Spec>
std::vector<std::string> names_in(const std::vector<Spec>& specs) {
  std::vector<std::string> names;
  for (const Spec& spec : specs) names.push_back(spec.name);
  return names;
}

class SchemaText {
 public:
  explicit SchemaText(const Registry& registry) : registry_(registry) {}

  std::string run() {
    json_.begin_object();
    json_.member("$schema", "http://json-schema.org/draft-07/schema#");
    json_.member("title", "A Weir pipeline");
    json_.member("description", "A streaming pipeline: sources, streams and sinks. Printed by weir schema.");
    refer_to("pipeline");
    json_.key("definitions");
    json_.begin_object();
    write_values();
    for (const Block block : all_blocks) {
      json_.key(name_of(block));
      json_.begin_object();
      write_block(block);
      json_.end_object();
    }
    json_.end_object();
    json_.end_object();
    return std::move(json_).text();
  }

 private:
  void refer_to(const std::string& definition) { json_.member("$ref", "#/definitions/" + definition); }

  template <typename Body>
  void object(const char* key, Body body) {
    json_.key(key);
    json_.begin_object();
    body();
    json_.end_object();
  }

  template <typename Body>
  void item(Body body) {
    json_.begin_object();
    body();
    json_.end_object();
  }

  template <typename Body>
  void array(const char* key, Body body) {
    json_.key(key);
    json_.begin_array();
    body();
    json_.end_array();
  }

  void types(const std::vector<std::string>& names) { json_.member("type", names); }
  void pattern(const std::string& text) {
    json_.member("type", "string");
    json_.member("pattern", text);
  }

  // What several keys have: each is said once.
  void write_values() {
    object("variable", [&] { pattern(a_variable); });
    object("name", [&] { pattern("^([A-Za-z_][A-Za-z0-9_-]*$|.*\\$\\{)"); });
    object("text", [&] { types({"string", "number", "boolean"}); });
    object("truth", [&] { any({[&] { enumeration({}, true); }, [&] { refer_to("variable"); }}); });
    object("span", [&] { any({[&] { pattern(span_pattern()); }, [&] { refer_to("variable"); }}); });
    object("size", [&] { any({[&] { pattern(fmt::format("^ *{} *{} *$", a_number, any_of(byte_size_units()))); }, [&] { refer_to("variable"); }}); });
    object("share", [&] { any({[&] { pattern("^[0-9.]+%?$"); }, [&] { json_.member("type", "number"); }, [&] { refer_to("variable"); }}); });
    object("emit", [&] { any({[&] { pattern(fmt::format("^({}|{}|{} .+)$", in_any_case("changes"), in_any_case("final"), in_any_case("every"))); }, [&] { refer_to("variable"); }}); });
    object("conflict", [&] { any({[&] { pattern("^ *(ignore|update|error|update +newer +by +\\S+) *$"); }, [&] { refer_to("variable"); }}); });
    object("expression", [&] { types({"string", "number", "boolean", "null"}); });
    object("names", [&] { any({[&] { list([&] { refer_to("text"); }); }, [&] { refer_to("text"); }}); });
    object("computed", [&] { map([&] { refer_to("expression"); }); });
    object("named", [&] { any({[&] { refer_to("computed"); }, [&] { list([&] { refer_to("text"); }); }}); });
    object("texts", [&] { map([&] { refer_to("text"); }); });
    object("rows", [&] { list([&] { types({"object", "string", "number", "null"}); }, 0); });
    object("values", [&] { map([&] { types({"string", "number", "boolean", "null"}); }, 0); });
  }

  void any(const std::vector<std::function<void()>>& choices) {
    array("anyOf", [&] {
      for (const auto& choice : choices) item(choice);
    });
  }

  void enumeration(const std::vector<std::string>& words, bool has_truth = false) {
    array("enum", [&] {
      for (const std::string& word : words) json_.value(word);
      if (!has_truth) return;
      json_.value(true);
      json_.value(false);
      json_.value("true");
      json_.value("false");
    });
  }

  template <typename Body>
  void list(Body body, std::size_t at_least = 1) {
    json_.member("type", "array");
    if (at_least > 0) json_.member("minItems", at_least);
    object("items", body);
  }

  template <typename Body>
  void map(Body body, std::size_t at_least = 1) {
    json_.member("type", "object");
    if (at_least > 0) json_.member("minProperties", at_least);
    object("additionalProperties", body);
  }

  void words(const std::vector<std::string>& known) {
    any({[&] { enumeration(known); }, [&] { refer_to("variable"); }});
  }

  void describe(const std::string& summary, const std::string& default_value) {
    json_.member("description", default_value.empty() ? summary : fmt::format("{}. Default: {}", summary, default_value));
  }

  std::vector<std::string> connectors_of(Block block) const {
    std::vector<std::string> names;
    const auto add = [&](const std::vector<std::string>& more) { names.insert(names.end(), more.begin(), more.end()); };
    if (block == Block::source) add(names_in(registry_.sources));
    if (block == Block::table) add(names_in(registry_.lookups));
    if (block == Block::sink) add(names_in(registry_.outlets));
    if (block == Block::sink || block == Block::connection) add(names_in(registry_.stores));
    return names;
  }

  // A block, or what may stand in its place.
  void write_blocks(const LanguageKey& key) {
    if (key.blocks.size() == 1) return refer_to(name_of(key.blocks.front()));
    object("if", [&] { array("required", [&] { json_.value("stream"); }); });
    object("then", [&] { refer_to(name_of(Block::stream_join)); });
    object("else", [&] { refer_to(name_of(Block::table_join)); });
  }

  void write_scalar(const LanguageKey& key, const char* definition) {
    if (key.blocks.empty() && key.words.empty()) return refer_to(definition);
    std::vector<std::function<void()>> choices = {[&] { refer_to(definition); }};
    if (!key.words.empty()) choices.push_back([&] { enumeration(key.words); });
    if (!key.blocks.empty()) choices.push_back([&] { refer_to(name_of(key.blocks.front())); });
    any(choices);
  }

  void write_words(const LanguageKey& key) {
    const bool takes_null = std::find(key.words.begin(), key.words.end(), "null") != key.words.end();  // YAML's own null
    std::vector<std::function<void()>> choices = {[&] { enumeration(key.words); }, [&] { refer_to("variable"); }};
    if (takes_null) choices.push_back([&] { json_.member("type", "null"); });
    if (!key.blocks.empty()) choices.push_back([&] { refer_to(name_of(key.blocks.front())); });
    any(choices);
  }

  void write_value(Block block, const LanguageKey& key) {
    switch (key.kind) {
      case KeyKind::name:
        return refer_to(block == Block::pipeline ? "name" : "text");
      case KeyKind::text:
      case KeyKind::path:
      case KeyKind::type:
      case KeyKind::column:
      case KeyKind::connection:
      case KeyKind::lookup:
        return refer_to("text");
      case KeyKind::relation:
        return refer_to(key.name == "input" ? "names" : "text");
      case KeyKind::paths:
        return list([&] { refer_to("text"); });
      case KeyKind::words: return write_words(key);
      case KeyKind::truth: return refer_to("truth");
      case KeyKind::span: return write_scalar(key, "span");
      case KeyKind::spans: return list([&] { types({"string", "number"}); }, 2);
      case KeyKind::size: return refer_to("size");
      case KeyKind::share: return refer_to("share");
      case KeyKind::types:
      case KeyKind::declared:
      case KeyKind::renaming:
        return refer_to("texts");
      case KeyKind::relations:
      case KeyKind::columns:
      case KeyKind::names:
        return refer_to("names");
      case KeyKind::named: return refer_to("named");
      case KeyKind::computed: return refer_to("computed");
      case KeyKind::expression: return write_scalar(key, "expression");
      case KeyKind::conflict: return refer_to("conflict");
      case KeyKind::emit: return refer_to("emit");
      case KeyKind::settings: return refer_to("values");
      case KeyKind::connector: return words(connectors_of(block));
      case KeyKind::format: return words(names_in(registry_.formats));
      case KeyKind::section: return write_section(key);
      case KeyKind::block: return write_blocks(key);
      case KeyKind::blocks: return list([&] { write_blocks(key); }, 0);
      case KeyKind::rows: return write_rows();
    }
  }

  // Of tables; expectations may also say less of them, and the ledger holds counts.
  void write_rows() {
    map([&] { any({[&] { refer_to("rows"); }, [&] { enumeration({"empty"}); }, [&] { json_.member("type", "object"); }}); }, 0);
  }

  // One thing: a word of the language's own, or rows of a source.
  void write_test_step() {
    any({[&] { enumeration({"restart"}); },
         [&] {
           json_.member("type", "object");
           object("properties", [&] {
             for (const LanguageKey& key : keys_of(Block::test_step)) write_key(Block::test_step, key);
           });
           object("additionalProperties", [&] { refer_to("rows"); });
           json_.member("minProperties", std::size_t{1});
           json_.member("maxProperties", std::size_t{1});
         }});
  }

  void write_section(const LanguageKey& key) {
    json_.member("type", "object");
    object("propertyNames", [&] { json_.member("pattern", "^[A-Za-z_][A-Za-z0-9_-]*$"); });
    object("additionalProperties", [&] { write_blocks(key); });
  }

  // Definitions that are referred to keep no sentence of their own in draft 07: it stands beside, in allOf.
  void write_key(Block block, const LanguageKey& key) {
    object(key.name.c_str(), [&] {
      describe(key.summary, key.default_value);
      const bool is_value = key.kind == KeyKind::words || key.kind == KeyKind::truth || key.kind == KeyKind::conflict || key.kind == KeyKind::emit ||
                            (key.kind == KeyKind::span && (parse_duration(key.default_value) || key.default_value == "never"));
      if (is_value && !key.default_value.empty()) json_.member("default", key.default_value);
      array("allOf", [&] { item([&] { write_value(block, key); }); });
    });
  }

  void write_option_value(const OptionDoc& option) {
    if (option.type == "integer") return any({[&] { json_.member("type", "integer"); }, [&] { pattern("^[+-]?[0-9]+$"); }, [&] { refer_to("variable"); }});
    if (option.type == "number") return any({[&] { json_.member("type", "number"); }, [&] { json_.member("type", "string"); }});
    if (option.type == "boolean") return refer_to("truth");
    if (option.type == "duration") return refer_to("span");
    if (option.type == "size") return refer_to("size");
    if (option.type == "list") return refer_to("names");
    if (option.type == "map") return refer_to("values");
    // Some take more than the words they name: an instant in place of a word, or words in any case.
    if (option.type.find(" | ") != std::string::npos) return any({[&] { enumeration(words_of_choice(option.type)); }, [&] { refer_to("text"); }});
    return refer_to("text");
  }

  void write_option(const OptionDoc& option) {
    object(option.name.c_str(), [&] {
      describe(option.summary, option.default_value);
      array("allOf", [&] { item([&] { write_option_value(option); }); });
    });
  }

  using Options = std::vector<const std::vector<OptionDoc>*>;

  // The language's own keys and these options, and nothing else. `is_typed`: the options are of the one type that there is, and not of any that may be.
  void write_properties(Block block, const Options& options, const std::vector<std::string>& without, bool is_typed) {
    const auto is_out = [&](const std::string& name) { return std::find(without.begin(), without.end(), name) != without.end(); };
    std::vector<std::string> written;
    object("properties", [&] {
      for (const LanguageKey& key : keys_of(block)) {
        if (key.is_later || is_out(key.name)) continue;
        write_key(block, key);
        written.push_back(key.name);
      }
      for (const auto* docs : options) {
        for (const OptionDoc& option : *docs) {
          if (std::find(written.begin(), written.end(), option.name) != written.end()) continue;
          write_option(option);
          written.push_back(option.name);
        }
      }
    });
    json_.member("additionalProperties", false);
    std::vector<std::string> required;
    for (const LanguageKey& key : keys_of(block)) {
      if (key.is_required && !key.is_later && !is_out(key.name)) required.push_back(key.name);
    }
    for (const auto* docs : options) {
      for (const OptionDoc& option : *docs) {
        if (option.required && is_typed) required.push_back(option.name);
      }
    }
    if (required.empty()) return;
    if (block != Block::pipeline) return json_.member("required", required);
    // What a file includes may have what it lacks; and one without a name and sinks is a part of others.
    object("if", [&] {
      any({[&] { array("required", [&] { json_.value("include"); }); },
           [&] {
             object("not", [&] { any({[&] { array("required", [&] { json_.value("name"); }); }, [&] { array("required", [&] { json_.value("sinks"); }); }}); });
           }});
    });
    object("else", [&] { json_.member("required", required); });
  }

  struct Variant {
    std::string type;  // of the connector
    Options options;
    std::vector<std::string> without{};
  };

  // Which options there are depends on the type; where that is a variable, or the dsn says it, any of them may be.
  void write_variants(Block block, const std::vector<Variant>& variants, const Variant& otherwise) {
    json_.member("type", "object");
    if (block == Block::source) array("required", [&] { json_.value("type"); });
    write_variant(block, variants, 0, otherwise);
  }

  void write_variant(Block block, const std::vector<Variant>& variants, std::size_t at, const Variant& otherwise) {
    if (at == variants.size()) return write_properties(block, otherwise.options, otherwise.without, false);
    object("if", [&] {
      object("properties", [&] { object("type", [&] { json_.member("const", variants[at].type); }); });
      array("required", [&] { json_.value("type"); });
    });
    object("then", [&] { write_properties(block, variants[at].options, variants[at].without, true); });
    object("else", [&] { write_variant(block, variants, at + 1, otherwise); });
  }

  void write_source() {
    std::vector<Variant> variants;
    Variant any_of_them;
    Options formats;
    for (const FormatSpec& format : registry_.formats) formats.push_back(&format.options);
    for (const SourceSpec& source : registry_.sources) {
      Options options = formats;
      options.insert(options.begin(), &source.options);
      any_of_them.options.push_back(&source.options);
      variants.push_back({source.name, std::move(options)});
    }
    any_of_them.options.insert(any_of_them.options.end(), formats.begin(), formats.end());
    write_variants(Block::source, variants, any_of_them);
  }

  std::vector<Variant> variants_of_stores(Options& all) const {
    std::vector<Variant> variants;
    for (const StoreSpec& store : registry_.stores) {
      variants.push_back({store.name, {&store.options}});
      all.push_back(&store.options);
    }
    return variants;
  }

  void write_sink() {
    Options all;
    std::vector<Variant> variants = variants_of_stores(all);
    for (const OutletSpec& outlet : registry_.outlets) variants.push_back({outlet.name, {&outlet.options}, table_keys_of_sinks()});
    write_variants(Block::sink, variants, {"", all});
  }

  void write_table() {
    std::vector<Variant> variants;
    for (const LookupSpec& lookup : registry_.lookups) variants.push_back({lookup.name, {&lookup.options}, {"connection"}});
    store_options_ = store_lookup_options();
    write_variants(Block::table, variants, {"", {&store_options_}});
  }

  void write_block(Block block) {
    if (block == Block::source) return write_source();
    if (block == Block::sink) return write_sink();
    if (block == Block::table) return write_table();
    if (block == Block::test_step) return write_test_step();
    if (block == Block::connection) {
      Options all;
      const std::vector<Variant> variants = variants_of_stores(all);
      return write_variants(block, variants, {"", all});
    }
    json_.member("type", "object");
    write_properties(block, {}, {}, true);
    if (block == Block::step) {
      json_.member("minProperties", std::size_t{1});
      json_.member("maxProperties", std::size_t{1});
    }
    if (block == Block::stream) any({[&] { array("required", [&] { json_.value("input"); }); }, [&] { array("required", [&] { json_.value("inputs"); }); }});
  }

  const Registry& registry_;
  JsonWriter json_;
  std::vector<OptionDoc> store_options_;
};

}  // namespace

std::string pipeline_json_schema(const Registry& registry) { return SchemaText(registry).run(); }

}  // namespace weir
