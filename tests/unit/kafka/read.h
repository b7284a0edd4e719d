// read.h — polls a source until enough has come.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "engine/component/source.h"

namespace weir {

struct ReadResult {
  std::vector<std::string> values;  // "-" for a tombstone
  std::vector<std::unique_ptr<RawChunk>> chunks;
  std::vector<std::string> at_end;
  Position position;  // of the last chunk
  std::string error;
};

/// Polls until `rows` rows came, every split of `ends` ended, an error came, or the patience ended.
inline ReadResult read(Source& source, std::size_t rows, std::size_t ends = 0,
                       std::chrono::milliseconds patience = std::chrono::seconds(20)) {
  ReadResult result;
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < deadline &&
         (result.values.size() < rows || result.at_end.size() < ends)) {
    auto polled = source.poll(std::chrono::milliseconds(50));
    if (!polled.ok()) {
      result.error = polled.error().message();
      return result;
    }
    result.at_end.insert(result.at_end.end(), polled->at_end.begin(), polled->at_end.end());
    if (polled->chunk == nullptr) continue;
    for (const Record& record : polled->chunk->records) {
      result.values.emplace_back(record.value == nullptr ? std::string_view("-") : record.value_text());
    }
    result.position = polled->chunk->to;
    result.chunks.push_back(std::move(polled->chunk));
  }
  return result;
}

}  // namespace weir
