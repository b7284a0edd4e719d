// array_parameter.cpp — numbers in network order.
#include "connectors/postgres/array_parameter.h"

#include <utility>

namespace weir {
namespace {

void append(std::uint32_t number, std::string& bytes) {
  const std::uint32_t swapped = __builtin_bswap32(number);
  bytes.append(reinterpret_cast<const char*>(&swapped), sizeof swapped);
}

}  // namespace

void ArrayParameter::add(std::string_view bytes) {
  append(static_cast<std::uint32_t>(bytes.size()), elements_);
  elements_ += bytes;
  ++count_;
}

void ArrayParameter::add(std::int64_t number) {
  const std::uint64_t swapped = __builtin_bswap64(static_cast<std::uint64_t>(number));
  add(std::string_view(reinterpret_cast<const char*>(&swapped), sizeof swapped));
}

void ArrayParameter::add_null() {
  append(~std::uint32_t{0}, elements_);
  has_null_ = true;
  ++count_;
}

std::string ArrayParameter::take() {
  constexpr std::uint32_t dimensions = 1, lower_bound = 1;
  std::string bytes;
  bytes.reserve(5 * sizeof(std::uint32_t) + elements_.size());
  append(dimensions, bytes);
  append(has_null_ ? 1 : 0, bytes);
  append(static_cast<std::uint32_t>(element_), bytes);
  append(count_, bytes);
  append(lower_bound, bytes);
  bytes += std::exchange(elements_, std::string());
  count_ = 0;
  has_null_ = false;
  return bytes;
}

}  // namespace weir
