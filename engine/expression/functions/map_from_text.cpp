// map_from_text.cpp — str_to_map: text like "a:1,b:2" as a map.
#include "engine/expression/functions/families.h"
#include "engine/expression/functions/map_maker.h"
#include "engine/expression/functions/text_pieces.h"
#include "engine/expression/functions/text_split.h"

namespace weir {
namespace {

/// The delimiter of a call: a literal, compiled once, or an argument.
class DelimiterArgument {
 public:
  DelimiterArgument(const CallSite& site, std::size_t index, std::string_view otherwise) : index_(index) {
    const std::string* text = constant_text(site, index);
    const bool is_left_out = index >= site.types.size();
    if (text == nullptr && !is_left_out) return;
    constant_ = Delimiter::compile(is_left_out ? otherwise : std::string_view(*text));
    is_constant_ = true;
  }
  Status status() const { return constant_.ok() ? Status() : Status(constant_.error()); }
  const Result<Delimiter>& at(std::span<const Column> arguments, std::uint32_t row,
                              RecentDelimiters& recent) const {
    return is_constant_ ? constant_ : recent.compiled(arguments[index_].text_at(row));
  }

 private:
  std::size_t index_;
  bool is_constant_ = false;
  Result<Delimiter> constant_ = Delimiter();
};

/// First all keys and values as columns, then the maps of them.
class TextToMap final : public Kernel {
 public:
  TextToMap(Type type, DelimiterArgument pairs, DelimiterArgument values)
      : type_(type), pairs_(std::move(pairs)), values_(std::move(values)) {}

  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    Working work(arguments[0], context.arena);
    std::vector<Span> spans(context.rows);
    std::vector<std::pair<std::uint32_t, Error>> failures;
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      if (has_null(arguments, row)) continue;
      const std::uint32_t start = work.keys.size();
      const Status status = append_pairs(row, arguments, work);
      if (!status.ok()) failures.emplace_back(row, status.error());
      spans[row] = {start, work.keys.size() - start};
    }
    const Column keys = work.keys.finish();
    const Column values = work.values.finish();
    MapMaker maker(type_, context, {&keys}, {&values}, "str_to_map");
    std::size_t failed = 0;
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      if (has_null(arguments, row)) continue;
      if (failed < failures.size() && failures[failed].first == row) {
        maker.fail_row(row, "bad_pattern", failures[failed++].second.message());
        continue;
      }
      for (std::uint32_t k = spans[row].start; k < spans[row].start + spans[row].length; ++k)
        maker.take(k, k);
      maker.end_row(row);
    }
    return maker.finish();
  }

 private:
  struct Working {
    Working(const Column& texts, Arena& arena) : keys(texts, arena), values(texts, arena) {}
    TextPieces keys;
    TextPieces values;
    RecentDelimiters recent_pairs;
    RecentDelimiters recent_values;
    std::vector<std::string_view> pairs;
    std::vector<std::string_view> parts;
  };

  Status append_pairs(std::uint32_t row, std::span<const Column> arguments, Working& work) const {
    const Result<Delimiter>& pairs = pairs_.at(arguments, row, work.recent_pairs);
    if (!pairs.ok()) return pairs.error();
    const Result<Delimiter>& values = values_.at(arguments, row, work.recent_values);
    if (!values.ok()) return values.error();
    split_text(arguments[0].text_at(row), *pairs, -1, work.pairs);
    for (const std::string_view pair : work.pairs) {
      split_text(pair, *values, 2, work.parts);
      work.keys.append(row, work.parts[0]);
      work.parts.size() > 1 ? work.values.append(row, work.parts[1]) : work.values.append_null();
    }
    return {};
  }

  Type type_;
  DelimiterArgument pairs_;
  DelimiterArgument values_;
};

KernelResult prepare_text_to_map(const CallSite& site) {
  DelimiterArgument pairs(site, 1, ",");
  DelimiterArgument values(site, 2, ":");
  WEIR_TRY(pairs.status());
  WEIR_TRY(values.status());
  return kernel_of<TextToMap>(site.result, std::move(pairs), std::move(values));
}

}  // namespace

void register_map_from_text(FunctionRegistry& registry) {
  Overload overload = never_null(nested_overload(
      {"string", "string", "string"},
      [](const CallSite&) -> Result<Type> { return map_type(string_type, string_type); },
      prepare_text_to_map));
  overload.optional = 2;
  add(registry, {.name = "str_to_map",
                 .family = nested_family,
                 .signature = "str_to_map(text string[, pair_delimiter string[, value_delimiter string]]) -> "
                              "map<string, string>",
                 .summary = "A map of the pairs in a text, which are cut at regular expressions: ',' and ':' "
                            "if none are given.",
                 .examples = {{"str_to_map('a:1,b:2')", "{a -> 1, b -> 2}"},
                              {"str_to_map('a=1&b&c=x=y', '&', '=')", "{a -> 1, b -> null, c -> x=y}"}},
                 .overloads = {std::move(overload)}});
}

}  // namespace weir
