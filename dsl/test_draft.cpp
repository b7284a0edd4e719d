// test_draft.cpp — a test as settings, for those who write one into a pipeline file.
#include "dsl/test_draft.h"

#include <fmt/format.h>

#include <algorithm>

#include "dsl/format.h"
#include "dsl/write_tests.h"
#include "dsl/yaml_tree.h"
#include "engine/data/calendar.h"

namespace weir {
namespace {

Config with(Config::Map entries) {
  Config map;
  map.value = std::move(entries);
  return map;
}

// "10:01", or with seconds where there are some.
std::string time_of_day(std::int64_t time) {
  std::string text = timestamp_to_string(time).substr(11);
  return text.size() == 8 && text.ends_with(":00") ? text.substr(0, 5) : text;
}

Config nested_setting(const Value& value, std::int32_t day) {
  const auto& parts = std::get<std::vector<Value>>(value.data);
  if (value.type.kind == TypeKind::array) {
    Config list = list_setting();
    for (const Value& part : parts) std::get<Config::List>(list.value).push_back(value_setting(part, day));
    return list;
  }
  Config map = map_setting();
  if (value.type.kind == TypeKind::map) {
    for (std::size_t i = 0; i + 1 < parts.size(); i += 2) add_setting(map, to_text(parts[i]), value_setting(parts[i + 1], day));
  } else {
    for (std::size_t i = 0; i < parts.size(); ++i) add_setting(map, value.type.nested->fields[i].name, value_setting(parts[i], day));
  }
  return map;
}

// The item stands under others, as far in as they do.
std::string indented_as(const Config& tests, const std::string& item) {
  const auto* list = std::get_if<Config::List>(&tests.value);
  if (list == nullptr || list->empty()) return item;
  const auto* first = std::get_if<Config::Map>(&list->front().value);
  if (first == nullptr || first->empty()) return item;
  const std::uint32_t column = first->front().second.key_where.column;  // behind "- "
  if (column == 5 || column < 3) return item;
  std::string result;
  for (std::size_t at = 0; at < item.size();) {
    const std::size_t end = item.find('\n', at) + 1;
    const std::string line = item.substr(at, end - at);
    result += line == "\n" ? line : std::string(column - 3, ' ') + line.substr(2);
    at = end;
  }
  return result;
}

std::string item_text(const Config& test) {
  Config list = list_setting();
  std::get<Config::List>(list.value).push_back(test);
  Comments none("", SettingsTree{Spelling::yaml, with({}), {}});
  const std::string section = yaml_tests(list, none);
  return section.substr(section.find('\n') + 1);
}

}  // namespace

void add_setting(Config& map, const std::string& key, Config value) { std::get<Config::Map>(map.value).emplace_back(key, std::move(value)); }

Config text_setting(std::string text) {
  Config config;
  config.value = std::move(text);
  config.is_quoted = true;
  return config;
}

Config list_setting() {
  Config config;
  config.value = Config::List{};
  return config;
}

Config map_setting() { return with({}); }

Config value_setting(const Value& value, std::int32_t day) {
  if (value.is_null()) return Config{};
  if (value.type.is_nested()) return nested_setting(value, day);
  const auto* time = value.type.kind == TypeKind::timestamp ? std::get_if<std::int64_t>(&value.data) : nullptr;
  Config config = text_setting(time != nullptr && days_of_timestamp(*time) == day ? time_of_day(*time) : to_text(value));
  config.is_quoted = value.type.is_text_like() || value.type.kind == TypeKind::timestamp || value.type.kind == TypeKind::date || value.type.kind == TypeKind::interval;
  return config;
}

std::string test_text(const Config& test, Spelling spelling) {
  if (spelling == Spelling::yaml) return item_text(test);
  Comments none("", SettingsTree{Spelling::weir, with({}), {}});
  return weir_test(test, none) + ";\n";
}

Result<std::string> with_test(const std::string& name, const std::string& text, const Config& test) {
  const std::string before = text.ends_with('\n') ? text : text + "\n";
  if (spelling_of(name) == Spelling::weir) return before + "\n" + test_text(test, Spelling::weir);
  Diagnostics diagnostics;
  const auto source = std::make_shared<const SourceText>(SourceText{name, text});
  const std::optional<Config> root = load_yaml(source, diagnostics);
  WEIR_CHECK(root && root->is_map(), "a pipeline that a test is added to has been compiled before");
  const Config* tests = root->find("tests");
  if (tests == nullptr) return before + "\ntests:\n" + item_text(test);
  if (&std::get<Config::Map>(root->value).back().second != tests)
    return Error{ErrorKind::user, "tests is not the last section of the file", tests->key_where}.with_hint("move it to the end, or leave --write out and copy what is printed");
  const auto* list = std::get_if<Config::List>(&tests->value);
  const bool is_block = list == nullptr || list->empty() || list->front().where.line != tests->key_where.line;
  if (!is_block) return Error{ErrorKind::user, "tests are written in one line", tests->key_where}.with_hint("run weir fmt --write first");
  return before + "\n" + indented_as(*tests, item_text(test));
}

}  // namespace weir
