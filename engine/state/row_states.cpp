// row_states.cpp — makes states, adds a row to each, and gives them back.
#include "engine/state/row_states.h"

namespace weir {

RowStates::~RowStates() {
  for (std::uint32_t number = 0; number < states_.size(); ++number) forget(number);
}

void RowStates::forget(std::uint32_t number) {
  if (number >= states_.size() || states_[number] == nullptr) return;
  give_back(take(number));
}

void RowStates::give_back(char* states) {
  for (std::size_t i = 0; i < shape_.size(); ++i) shape_.aggregate(i).stop(states + shape_.offset(i));
  memory_.give_back(states, shape_.state_bytes());
}

void RowStates::set(std::span<const std::uint32_t> numbers, const GroupRows& rows, Arena& scratch) {
  for (const std::uint32_t number : numbers) {
    forget(number);
    if (number >= states_.size()) states_.resize(number + 1, nullptr);
    states_[number] = memory_.take(shape_.state_bytes());
    for (std::size_t i = 0; i < shape_.size(); ++i) shape_.aggregate(i).start(states_[number] + shape_.offset(i));
  }
  std::vector<void*> states(numbers.size());
  for (std::size_t a = 0; a < shape_.size(); ++a) {
    const Column* filter = rows.filters[a];
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      const std::uint32_t row = rows.rows[i];
      const bool is_in = filter == nullptr || (!filter->is_null(row) && filter->bool_at(row));
      states[i] = is_in ? states_[numbers[i]] + shape_.offset(a) : nullptr;
    }
    std::vector<Column> arguments;
    for (const Column& argument : rows.arguments[a]) arguments.push_back(gather(argument, rows.rows, scratch));
    shape_.aggregate(a).add({arguments, states, {}});
  }
}

}  // namespace weir
