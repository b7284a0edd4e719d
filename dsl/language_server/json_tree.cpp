// json_tree.cpp — a JSON text as a tree of values, read by simdjson.
#include "dsl/language_server/json_tree.h"

#include <simdjson.h>

#include <algorithm>

namespace weir {
namespace {

constexpr std::size_t deepest = 64;

using simdjson::dom::element;
using simdjson::dom::element_type;

// simdjson has refused what is nested deeper.
Json tree_of(const element& from) {
  Json result;
  switch (from.type()) {
    case element_type::NULL_VALUE:
      break;
    case element_type::BOOL:
      result.value = from.get_bool().value();
      break;
    case element_type::INT64:
      result.value = from.get_int64().value();
      break;
    case element_type::UINT64:
    case element_type::DOUBLE:
      result.value = from.get_double().value();
      break;
    case element_type::STRING:
      result.value = std::string(from.get_string().value());
      break;
    case element_type::ARRAY: {
      const simdjson::dom::array items = from.get_array().value();
      Json::Array array;
      for (const element one : items) array.push_back(tree_of(one));
      result.value = std::move(array);
      break;
    }
    case element_type::OBJECT: {
      const simdjson::dom::object fields = from.get_object().value();
      Json::Object object;
      for (const auto field : fields) object.emplace_back(std::string(field.key), tree_of(field.value));
      result.value = std::move(object);
      break;
    }
  }
  return result;
}

}  // namespace

const Json& Json::operator[](std::string_view name) const {
  static const Json none;
  const auto* object = std::get_if<Object>(&value);
  if (object == nullptr) return none;
  for (const auto& [key, member] : *object) {
    if (key == name) return member;
  }
  return none;
}

std::optional<Json> parse_json(std::string_view text) {
  simdjson::dom::parser parser;
  if (parser.allocate(std::max<std::size_t>(text.size(), 64), deepest) != simdjson::SUCCESS) return std::nullopt;
  element root;
  if (parser.parse(text.data(), text.size()).get(root) != simdjson::SUCCESS) return std::nullopt;
  return tree_of(root);
}

}  // namespace weir
