// sample.cpp — reads lines and splits.
#include "engine/infer/sample.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <set>

namespace weir {
namespace {

constexpr std::chrono::milliseconds one_poll{100};

Config scalar_of(const std::string& text) {
  Config config;
  config.value = text;
  config.is_quoted = true;
  return config;
}

std::shared_ptr<const SourceDefinition> parse(const SourceSpec& spec, const std::vector<std::pair<std::string, std::string>>& options, Diagnostics& diagnostics) {
  Config::Map map;
  for (const auto& [name, value] : options) map.emplace_back(name, scalar_of(value));
  Config config;
  config.value = std::move(map);
  return spec.parse(config, diagnostics);
}

void take(const RawChunk& chunk, std::size_t most, Sample& sample) {
  for (const Record& record : chunk.records) {
    if (sample.records.size() >= most) return;
    if (record.value == nullptr) {
      ++sample.tombstones;
    } else {
      sample.records.emplace_back(record.value_text());
    }
  }
}

}  // namespace

Result<Sample> sample_lines(const std::string& path, std::size_t most) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error{ErrorKind::user, fmt::format("cannot read {}: {}", path, std::strerror(errno))};
  Sample sample;
  for (std::string line; sample.records.size() < most && std::getline(file, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.find_first_not_of(" \t") != std::string::npos) sample.records.push_back(std::move(line));
  }
  if (file.bad()) return Error{ErrorKind::user, fmt::format("cannot read {}: {}", path, std::strerror(errno))};
  return sample;
}

Result<Sample> sample_source(const SourceSpec& spec, const std::vector<std::pair<std::string, std::string>>& options, std::size_t most,
                             std::chrono::milliseconds patience) {
  Diagnostics diagnostics;
  const std::shared_ptr<const SourceDefinition> definition = parse(spec, options, diagnostics);
  if (definition == nullptr) return diagnostics.errors().front();
  WEIR_TRY(definition->check_connect(patience));
  WEIR_ASSIGN(const std::unique_ptr<Source> source, definition->open({.pipeline = "infer", .source = spec.name, .ends = true}));
  WEIR_ASSIGN(const std::vector<std::string> splits, source->list_splits());
  if (splits.empty()) return Error{ErrorKind::fatal, definition->describe() + " has no splits"};
  std::set<std::string> reading;
  for (const std::string& split : splits) {
    WEIR_ASSIGN(const Position start, source->start_position(split, false));
    WEIR_TRY(source->add_split(split, start));
    reading.insert(split);
  }
  std::map<std::string, Sample> of_splits;
  const std::size_t share = (most + splits.size() - 1) / splits.size();
  for (auto quiet_since = std::chrono::steady_clock::now(); !reading.empty();) {
    WEIR_ASSIGN(const Polled polled, source->poll(one_poll));
    if (polled.chunk != nullptr && !polled.chunk->records.empty()) {
      Sample& sample = of_splits[polled.chunk->split];
      take(*polled.chunk, most, sample);
      quiet_since = std::chrono::steady_clock::now();
      // What other splits do not have is taken from this one.
      const bool is_enough = sample.records.size() >= most || (sample.records.size() >= share && reading.size() == splits.size());
      if (is_enough && reading.erase(polled.chunk->split) > 0) source->remove_split(polled.chunk->split);
    }
    for (const std::string& split : polled.at_end) reading.erase(split);
    if (std::chrono::steady_clock::now() - quiet_since > patience) break;
  }
  Sample all;
  for (const auto& [split, sample] : of_splits) all.tombstones += sample.tombstones;
  for (std::size_t round = 0; all.records.size() < most; ++round) {
    const std::size_t before = all.records.size();
    for (const auto& [split, sample] : of_splits) {
      if (round < sample.records.size() && all.records.size() < most) all.records.push_back(sample.records[round]);
    }
    if (all.records.size() == before) break;
  }
  return all;
}

}  // namespace weir
