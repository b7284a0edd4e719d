// case_file.cpp — JSON by simdjson's DOM.
#include "tests/oracle/case_file.h"

#include <simdjson.h>

#include <stdexcept>

namespace weir::testing {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

std::string text_of(element value) { return std::string(std::string_view(value)); }

template <typename Take>
void if_there(object from, std::string_view key, Take take) {
  element value;
  if (from[key].get(value) == simdjson::SUCCESS) take(value);
}

CaseWay read_way(object given) {
  CaseWay way;
  const auto number = [&](std::string_view key, auto& into) {
    if_there(given, key, [&](element value) { into = static_cast<std::size_t>(std::uint64_t(value)); });
  };
  way.name = text_of(given["name"]);
  number("chunk_rows", way.chunk_rows);
  number("writers", way.writers);
  number("epoch_rows", way.epoch_rows);
  number("state_memory", way.state_memory);
  number("seed", way.seed);
  const auto numbers = [&](std::string_view key, std::vector<std::size_t>& into) {
    if_there(given, key, [&](element list) {
      for (const element one : list) into.push_back(static_cast<std::size_t>(std::uint64_t(one)));
    });
  };
  numbers("workers", way.workers);
  numbers("stops", way.stops);
  if_there(given, "deaths", [&](element deaths) {
    for (const element death : deaths) way.deaths.push_back({std::int64_t(death["commit"]), bool(death["after"])});
  });
  if_there(given, "more_to_come", [&](element value) { way.more_to_come = bool(value); });
  if_there(given, "looks_after_death", [&](element value) { way.looks_after_death = bool(value); });
  if_there(given, "failpoints", [&](element value) { way.failpoints = text_of(value); });
  return way;
}

GeneratedCase read_object(object given) {
  GeneratedCase made;
  made.name = text_of(given["name"]);
  made.pipeline = text_of(given["pipeline"]);
  for (const auto [source, splits] : object(given["records"])) {
    for (const auto [split, records] : object(splits)) {
      std::vector<std::string>& into = made.records[std::string(source)][std::string(split)];
      for (const element record : records) into.push_back(text_of(record));
    }
  }
  if_there(given, "files", [&](element files) {
    for (const auto [name, text] : object(files)) made.files[std::string(name)] = text_of(text);
  });
  for (const auto [name, sql] : object(given["queries"])) made.queries.emplace_back(std::string(name), text_of(sql));
  for (const element way : given["ways"]) made.ways.push_back(read_way(way));
  return made;
}

}  // namespace

std::optional<GeneratedCase> read_case(std::istream& stream) {
  std::string line;
  if (!std::getline(stream, line)) return std::nullopt;
  simdjson::dom::parser parser;
  element parsed;
  if (const auto failure = parser.parse(line).get(parsed)) throw std::runtime_error(std::string("a case is not JSON: ") + simdjson::error_message(failure));
  return read_object(parsed);
}

}  // namespace weir::testing
