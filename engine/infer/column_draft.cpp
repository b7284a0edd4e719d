// column_draft.cpp — chooses types: exact ones where the sample allows it, json where its values have none in common.
#include "engine/infer/column_draft.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

namespace weir {
namespace {

constexpr std::size_t longest_decimal = 38;
constexpr std::size_t spare_digits = 2;        // a sample has not seen the largest amount
constexpr std::size_t shortest_precision = 10;
constexpr std::size_t most_fields = 40;        // an object of more is looked into by paths
constexpr std::size_t deepest = 8;
constexpr double rare = 0.05;                  // values of another type are mistakes rather than meant

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

bool sounds_like(const std::string& name, std::initializer_list<const char*> words) {
  const std::string plain = lower(name);
  return std::any_of(words.begin(), words.end(), [&](const char* word) { return plain.find(word) != std::string::npos; });
}

bool sounds_like_money(const std::string& name) {
  return sounds_like(name, {"price", "amount", "total", "cost", "fee", "tax", "balance", "revenue", "payment", "discount", "subtotal", "salary", "money"});
}

bool is_plain_name(const std::string& name) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  return !name.empty() && is_letter(name.front()) && std::all_of(name.begin(), name.end(), [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

std::string grouped_count(std::int64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, ",");
  return text;
}

std::string of_all(std::int64_t some, std::int64_t all) { return fmt::format("{} of {}", grouped_count(some), grouped_count(all)); }

std::optional<Type> decimal_of(const NumberShapeSeen& numbers, std::size_t least_scale) {
  const std::size_t scale = std::max(least_scale, numbers.fraction_digits);
  const std::size_t needed = numbers.whole_digits + scale;
  if (needed > longest_decimal) return std::nullopt;
  const std::size_t precision = std::min(longest_decimal, std::max(shortest_precision, needed + spare_digits));
  return decimal_type(static_cast<std::uint8_t>(precision), static_cast<std::uint8_t>(scale));
}

Type number_type(const std::string& name, const ValueShape& shape) {
  if (shape.fractions == 0 && !shape.numbers.has_exponent) {
    if (shape.numbers.fits_bigint) return int64_type;
    return decimal_of(shape.numbers, 0).value_or(float64_type);
  }
  const bool has_cents = shape.numbers.fraction_digits == 2;
  const bool is_exact = !shape.numbers.has_exponent && (has_cents || (sounds_like_money(name) && shape.numbers.fraction_digits <= 6));
  const std::optional<Type> exact = is_exact ? decimal_of(shape.numbers, 2) : std::nullopt;
  return exact.value_or(float64_type);
}

// Nothing: no type but json holds it.
std::optional<Type> type_of(const std::string& name, const ValueShape& shape, std::size_t depth);

std::optional<Type> struct_of(const ValueShape& shape, std::size_t depth) {
  std::vector<Field> fields;
  std::set<std::string> names;
  for (const ValueShape::Member& member : shape.members) {
    const std::optional<Type> type = type_of(member.name, member.shape, depth + 1);
    if (!type || !is_plain_name(member.name) || !names.insert(lower(member.name)).second) return std::nullopt;
    fields.push_back({member.name, *type, member.seen < shape.objects || member.shape.nulls > 0});
  }
  if (fields.empty() || fields.size() > most_fields) return std::nullopt;
  return struct_type(std::move(fields));
}

std::optional<Type> type_of(const std::string& name, const ValueShape& shape, std::size_t depth) {
  const std::int64_t numbers = shape.wholes + shape.fractions, all = shape.count();
  if (depth > deepest) return std::nullopt;
  if (all == 0) return string_type;
  if (shape.booleans == all) return boolean_type;
  if (numbers == all) return number_type(name, shape);
  if (shape.texts == all && shape.timestamps == all) return timestamp_type;
  if (shape.texts == all && shape.dates == all) return date_type;
  if (shape.texts == all) return string_type;
  if (shape.objects == all) return struct_of(shape, depth);
  if (shape.arrays != all) return std::nullopt;
  if (shape.element == nullptr) return array_type(string_type);
  const std::optional<Type> element = type_of(name, *shape.element, depth + 1);
  return element ? std::optional(array_type(*element, true)) : std::nullopt;
}

/// The kinds of values, most of them first: "998 are whole numbers, 2 texts".
struct Kind {
  std::int64_t count;
  const char* words;
  Type type;
};

std::vector<Kind> kinds_of(const std::string& name, const ValueShape& shape) {
  std::vector<Kind> kinds = {{shape.booleans, "true or false", boolean_type},
                             {shape.wholes + shape.fractions, "numbers", number_type(name, shape)},
                             {shape.timestamps, "timestamps in texts", timestamp_type},
                             {shape.dates, "dates in texts", date_type},
                             {shape.texts - shape.timestamps - shape.dates, "texts", string_type},
                             {shape.objects, "objects", json_type},
                             {shape.arrays, "arrays", json_type}};
  std::erase_if(kinds, [](const Kind& kind) { return kind.count == 0; });
  std::stable_sort(kinds.begin(), kinds.end(), [](const Kind& a, const Kind& b) { return a.count > b.count; });
  return kinds;
}

std::string words_of(const std::vector<Kind>& kinds, std::int64_t all) {
  std::string text;
  for (const Kind& kind : kinds) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", text.empty() ? of_all(kind.count, all) + " are" : grouped_count(kind.count), kind.words);
  return text;
}

// What a text column hides.
std::string doubt_of_texts(const ValueShape& shape) {
  const std::int64_t all = shape.texts, said = all - shape.empty;
  const std::string but_empty = shape.empty == 0 ? "all" : of_all(shape.empty, all) + " are empty, the others";
  if (said == 0) return all == 0 ? "" : "all are empty";
  if (shape.timestamps == said) return but_empty + " are timestamps: try_cast(... AS timestamp)";
  if (shape.dates == said) return but_empty + " are dates: try_cast(... AS date)";
  if (shape.truths == said) return but_empty + " are true or false: try_cast(... AS boolean)";
  if (shape.whole_texts == said && shape.text_numbers.fits_bigint) return but_empty + " are whole numbers: try_cast(... AS bigint)";
  if (shape.decimal_texts == said) {
    if (const std::optional<Type> exact = decimal_of(shape.text_numbers, 2)) return fmt::format("{} are numbers: try_cast(... AS {})", but_empty, to_string(*exact));
  }
  return shape.empty == 0 ? "" : of_all(shape.empty, all) + " are empty";
}

std::string doubt_of_numbers(const std::string& name, const ValueShape& shape) {
  if (shape.wholes == 0 || shape.fractions > 0 || !sounds_like(name, {"time", "date", "_at", "ts", "when", "created", "updated"})) return "";
  if (shape.seconds == shape.wholes) return "seconds since 1970: timestamp_seconds(...)";
  return shape.milliseconds == shape.wholes ? "milliseconds since 1970: timestamp_millis(...)" : "";
}

void add(std::string& doubt, const std::string& more) {
  if (!more.empty()) doubt += (doubt.empty() ? "" : "; ") + more;
}

ColumnDraft draft_column(const ValueShape::Member& member, std::int64_t records, const DraftRules& rules) {
  const ValueShape& shape = member.shape;
  ColumnDraft draft;
  draft.from = member.name;
  const std::int64_t lacking = records - shape.count();
  draft.field.nullable = lacking > 0;
  if (lacking > 0 && shape.count() > 0) add(draft.doubt, fmt::format("{} have none", of_all(lacking, records)));
  const std::optional<Type> type = type_of(member.name, shape, 0);
  if (shape.count() == 0) draft.doubt = "never has a value";
  if (type) {
    draft.field.type = *type;
    if (shape.arrays > 0 && shape.element == nullptr) add(draft.doubt, "all are empty: the type of the elements is a guess");
    if (type->kind == TypeKind::string) add(draft.doubt, doubt_of_texts(shape));
    if (type->kind == TypeKind::int64) add(draft.doubt, doubt_of_numbers(member.name, shape));
    return draft;
  }
  const std::vector<Kind> kinds = kinds_of(member.name, shape);
  const std::int64_t others = shape.count() - kinds.front().count;
  const bool is_tolerable = kinds.size() > 1 && static_cast<double>(others) <= rules.tolerated * static_cast<double>(shape.count());
  draft.field.type = is_tolerable ? kinds.front().type : json_type;
  const bool is_rare = static_cast<double>(others) <= rare * static_cast<double>(shape.count());
  const std::string way_out = is_tolerable ? ": the others will be rejected" : is_rare ? fmt::format(": {} with --tolerate", to_string(kinds.front().type)) : "";
  if (kinds.size() > 1) add(draft.doubt, words_of(kinds, shape.count()) + way_out);
  return draft;
}

}  // namespace

std::vector<ColumnDraft> draft_columns(const ValueShape& shape, std::int64_t records, const DraftRules& rules) {
  std::vector<ColumnDraft> columns;
  for (const ValueShape::Member& member : shape.members) columns.push_back(draft_column(member, records, rules));
  name_columns(columns);
  return columns;
}

void name_columns(std::vector<ColumnDraft>& columns) {
  std::set<std::string> names;
  for (ColumnDraft& draft : columns) {
    std::string name;
    for (const char c : draft.from) name += std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' ? c : '_';
    if (!is_plain_name(name)) name = "field_" + name;
    // As SQL has it, names that differ in case alone are one.
    std::string free = name;
    for (std::size_t number = 2; !names.insert(lower(free)).second; ++number) free = fmt::format("{}_{}", name, number);
    draft.field.name = std::move(free);
  }
}

ColumnDraft draft_text_column(const std::string& name, const ValueShape& shape) {
  ColumnDraft draft{{name, string_type, shape.nulls > 0}, name, ""};
  const std::int64_t all = shape.texts;
  if (all == 0) {
    draft.doubt = "never has a value";
  } else if (shape.empty == 0 && shape.whole_texts == all && shape.text_numbers.fits_bigint) {
    draft.field.type = int64_type;
  } else if (shape.empty == 0 && shape.decimal_texts == all) {
    draft.field.type = decimal_of(shape.text_numbers, 0).value_or(float64_type);
  } else if (shape.timestamps == all) {
    draft.field.type = timestamp_type;
  } else if (shape.dates == all) {
    draft.field.type = date_type;
  } else if (shape.truths == all) {
    draft.field.type = boolean_type;
  } else if (shape.empty > 0) {
    draft.doubt = of_all(shape.empty, all) + " are empty";
  }
  if (shape.nulls > 0 && all > 0) add(draft.doubt, fmt::format("{} have none", of_all(shape.nulls, shape.nulls + all)));
  return draft;
}

std::string event_time_of(const std::vector<ColumnDraft>& columns) {
  std::vector<std::string> times;
  for (const ColumnDraft& column : columns) {
    if (column.field.type.kind == TypeKind::timestamp && !column.field.nullable) times.push_back(column.field.name);
  }
  for (const char* word : {"event_time", "event_ts", "ts", "timestamp", "event", "time", "created", "_at"}) {
    for (const std::string& name : times) {
      if (lower(name) == word || (std::string_view(word).size() > 3 && sounds_like(name, {word}))) return name;
    }
  }
  return times.size() == 1 ? times.front() : "";
}

}  // namespace weir
