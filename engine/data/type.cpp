// type.cpp — the names of types, printed and read.
#include "engine/data/type.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <mutex>
#include <utility>

#include "engine/data/decimal.h"

namespace weir {
namespace {

using NamedType = std::pair<std::string_view, Type>;

// Without an argument, decimal is Spark's decimal(10,0).
constexpr Type plain_decimal = decimal_type(10, 0);

constexpr std::array<NamedType, 33> named_types{{
    {"bool", boolean_type},
    {"int", int32_type},
    {"bigint", int64_type},
    {"double", float64_type},
    {"decimal", plain_decimal},
    {"string", string_type},
    {"bytes", bytes_type},
    {"date", date_type},
    {"timestamp", timestamp_type},
    {"interval", interval_type},
    {"json", json_type},
    {"boolean", boolean_type},
    {"integer", int32_type},
    {"int4", int32_type},
    {"int32", int32_type},
    {"long", int64_type},
    {"int8", int64_type},
    {"int64", int64_type},
    {"float8", float64_type},
    {"float64", float64_type},
    {"double precision", float64_type},
    {"numeric", plain_decimal},
    {"dec", plain_decimal},
    {"text", string_type},
    {"varchar", string_type},
    {"character varying", string_type},
    {"utf8", string_type},
    {"binary", bytes_type},
    {"varbinary", bytes_type},
    {"bytea", bytes_type},
    {"timestamptz", timestamp_type},
    {"timestamp with time zone", timestamp_type},
    {"jsonb", json_type},
}};

std::optional<int> parse_small_number(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  while (!text.empty() && blanks.find(text.front()) != std::string_view::npos) text.remove_prefix(1);
  while (!text.empty() && blanks.find(text.back()) != std::string_view::npos) text.remove_suffix(1);
  int number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return number;
}

// "10,2" or "10".
std::optional<Type> parse_decimal_arguments(std::string_view arguments) {
  const auto comma = arguments.find(',');
  const auto precision = parse_small_number(arguments.substr(0, comma));
  const auto scale =
      comma == std::string_view::npos ? std::optional(0) : parse_small_number(arguments.substr(comma + 1));
  if (!precision || !scale || *precision < 1 || *precision > max_precision || *scale < 0 ||
      *scale > *precision) {
    return std::nullopt;
  }
  return decimal_type(static_cast<std::uint8_t>(*precision), static_cast<std::uint8_t>(*scale));
}

std::string field_to_string(const Field& field) {
  return fmt::format("{}{}", to_string(field.type), field.nullable ? "" : " not null");
}

bool is_plain_name(std::string_view name) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto is_other = [](char c) { return c >= '0' && c <= '9'; };
  return !name.empty() && !is_other(name.front()) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return is_letter(c) || is_other(c); });
}

std::string name_to_string(const std::string& name) {
  if (is_plain_name(name)) return name;
  std::string quoted = "`";
  for (const char c : name) quoted.append(c == '`' ? 2 : 1, c);
  return quoted + "`";
}

std::string nested_to_string(const Type& type) {
  const std::vector<Field>& fields = type.nested->fields;
  if (type.kind == TypeKind::array) return fmt::format("array<{}>", field_to_string(fields[0]));
  if (type.kind == TypeKind::map)
    return fmt::format("map<{}, {}>", to_string(fields[0].type), field_to_string(fields[1]));
  std::string inside;
  for (const Field& field : fields) {
    if (!inside.empty()) inside += ", ";
    inside += name_to_string(field.name) + " " + field_to_string(field);
  }
  return fmt::format("struct<{}>", inside);
}

// Never destroyed: types outlive everything that may hold one.
Type intern(TypeKind kind, std::vector<Field> fields) {
  static auto& known = *new std::map<std::string, NestedType>;
  static std::mutex mutex;
  const NestedType sought{std::move(fields)};
  const std::string name = nested_to_string(Type{kind, 0, 0, &sought});
  const std::scoped_lock lock(mutex);
  return Type{kind, 0, 0, &known.try_emplace(name, sought).first->second};
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// Reads a type by recursive descent.
class TypeReader {
 public:
  explicit TypeReader(std::string_view text) : text_(text) {}

  std::optional<Type> read_all() {
    const std::optional<Type> type = read();
    skip_blanks();
    return at_ == text_.size() ? type : std::nullopt;
  }

 private:
  static constexpr int max_depth = 32;

  void skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  }
  bool take(char wanted) {
    skip_blanks();
    if (at_ >= text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }
  /// A word in lower case; nothing is taken where there is none.
  std::string word() {
    skip_blanks();
    std::string result;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      const bool is_upper = c >= 'A' && c <= 'Z';
      if (!is_upper && !(c >= 'a' && c <= 'z') && c != '_' && !(c >= '0' && c <= '9')) break;
      result += is_upper ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return result;
  }
  bool take_word(std::string_view wanted) {
    const std::size_t start = at_;
    if (word() == wanted) return true;
    at_ = start;
    return false;
  }

  std::optional<Type> read() {
    if (++depth_ > max_depth) return std::nullopt;
    std::optional<Type> type = read_one();
    while (type && take('[')) type = take(']') ? std::optional(array_type(*type)) : std::nullopt;
    --depth_;
    return type;
  }

  std::optional<Type> read_one() {
    const std::string first = word();
    if (first == "array" && take('<')) return read_array();
    if (first == "map" && take('<')) return read_map();
    if (first == "struct" && take('<')) return read_struct('>');
    if (first == "row" && take('(')) return read_struct(')');
    return read_plain(first);
  }

  bool take_nullable() {
    if (!take_word("not")) return true;
    is_wrong_ = is_wrong_ || !take_word("null");
    return false;
  }

  std::optional<Type> read_array() {
    const std::optional<Type> element = read();
    const bool nullable = take_nullable();
    if (!element || is_wrong_ || !take('>')) return std::nullopt;
    return array_type(*element, nullable);
  }

  std::optional<Type> read_map() {
    const std::optional<Type> key = read();
    if (!key || !take(',')) return std::nullopt;
    const std::optional<Type> value = read();
    const bool nullable = take_nullable();
    if (!value || is_wrong_ || !take('>')) return std::nullopt;
    return map_type(*key, *value, nullable);
  }

  std::optional<Type> read_struct(char end) {
    std::vector<Field> fields;
    do {
      std::string name = field_name();
      take(':');
      const std::optional<Type> type = read();
      const bool nullable = take_nullable();
      const auto has_name = [&](const Field& field) { return field.name == name; };
      if (name.empty() || !type || is_wrong_ || std::any_of(fields.begin(), fields.end(), has_name)) return std::nullopt;
      fields.push_back({std::move(name), *type, nullable});
    } while (take(','));
    if (!take(end)) return std::nullopt;
    return struct_type(std::move(fields));
  }

  /// As written; quoted by backticks or double quotes where it is no plain name.
  std::string field_name() {
    skip_blanks();
    const std::size_t start = at_;
    const char quote = at_ < text_.size() ? text_[at_] : '\0';
    if (quote != '`' && quote != '"') {
      word();
      return std::string(text_.substr(start, at_ - start));
    }
    std::string name;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == quote && (at_ + 1 == text_.size() || text_[++at_] != quote)) return name;
      name += text_[at_];
    }
    return {};
  }

  /// One of the named types, of up to four words, and the arguments of a decimal.
  std::optional<Type> read_plain(std::string name) {
    std::optional<Type> type = find_named(name);
    for (int more = 0; more < 3; ++more) {  // "timestamp with time zone"
      const std::size_t start = at_;
      const std::string next = word();
      if (next.empty() || next == "not") {
        at_ = start;
        break;
      }
      name += " " + next;
      const std::optional<Type> longer = find_named(name);
      if (!longer && more == 2) return std::nullopt;
      type = longer;
    }
    if (!type || !take('(')) return type;
    const auto end = text_.find(')', at_);
    if (type->kind != TypeKind::decimal || end == text_.npos) return std::nullopt;
    const std::string_view arguments = text_.substr(at_, end - at_);
    at_ = end + 1;
    return parse_decimal_arguments(arguments);
  }

  static std::optional<Type> find_named(std::string_view name) {
    for (const auto& [known, type] : named_types) {
      if (known == name) return type;
    }
    return std::nullopt;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
  bool is_wrong_ = false;
};

}  // namespace

std::size_t Type::width() const {
  switch (kind) {
    case TypeKind::null:
    case TypeKind::boolean:
      return 0;
    case TypeKind::int32:
    case TypeKind::date:
    case TypeKind::structure:
      return 4;
    case TypeKind::int64:
    case TypeKind::float64:
    case TypeKind::timestamp:
    case TypeKind::array:
    case TypeKind::map:
      return 8;
    case TypeKind::decimal:
    case TypeKind::string:
    case TypeKind::bytes:
    case TypeKind::interval:
    case TypeKind::json:
      return 16;
  }
  return 0;
}

std::string to_string(const Type& type) {
  if (type.kind == TypeKind::decimal) return fmt::format("decimal({},{})", type.precision, type.scale);
  if (type.is_nested()) return nested_to_string(type);
  for (const auto& [name, named] : named_types) {
    if (named.kind == type.kind) return std::string(name);
  }
  return "null";
}

std::optional<Type> parse_type(std::string_view text) { return TypeReader(text).read_all(); }

Type array_type(const Type& element, bool element_nullable) {
  return intern(TypeKind::array, {{"element", element, element_nullable}});
}

Type map_type(const Type& key, const Type& value, bool value_nullable) {
  return intern(TypeKind::map, {{"key", key, false}, {"value", value, value_nullable}});
}

Type struct_type(std::vector<Field> fields) { return intern(TypeKind::structure, std::move(fields)); }

const std::vector<std::string>& type_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const auto& [name, type] : named_types) all.emplace_back(name);
    return all;
  }();
  return names;
}

std::optional<std::size_t> Schema::index_of(std::string_view name) const {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].name == name) return i;
  }
  return std::nullopt;
}

}  // namespace weir
