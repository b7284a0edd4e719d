// parameter_list.h — the parameters of one statement, with the memory behind them.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <vector>

#include "connectors/postgres/postgres_client.h"

namespace weir {

class ParameterList {
 public:
  ParameterList& text(std::string value) {
    texts_.push_back(std::move(value));
    parameters_.push_back(text_parameter(texts_.back()));
    return *this;
  }
  ParameterList& number(std::int64_t value) { return text(std::to_string(value)); }
  /// Not copied: `value` must outlive the list.
  ParameterList& bytes(const std::string& value) {
    parameters_.push_back({value.data(), static_cast<int>(value.size()), true});
    return *this;
  }
  ParameterList& binary(std::string value) {
    texts_.push_back(std::move(value));
    return bytes(texts_.back());
  }
  ParameterList& null() {
    parameters_.push_back({});
    return *this;
  }
  operator std::span<const PostgresParameter>() const { return parameters_; }

 private:
  std::deque<std::string> texts_;  // addresses stay
  std::vector<PostgresParameter> parameters_;
};

}  // namespace weir
