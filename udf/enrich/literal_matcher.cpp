// literal_matcher.cpp — the automaton with all its transitions, over classes of bytes so that it stays small.
#include "udf/enrich/literal_matcher.h"

#include <algorithm>

#include "engine/base/check.h"

namespace weir {
namespace {

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// The only characters beyond ASCII that fold to an ASCII letter: the Kelvin sign and the long s. Their bytes
/// but the last.
constexpr std::string_view kelvin_sign = "\xE2\x84\xAA";
constexpr std::string_view long_s = "\xC5\xBF";

}  // namespace

LiteralMatcher::LiteralMatcher(const std::vector<std::string>& literals) : literal_count_(literals.size()) {
  number_classes(literals);
  next_.assign(class_count_, 0);
  literals_.assign(1, none);
  for (std::size_t i = 0; i < literals.size(); ++i) {
    if (is_ascii(literals[i])) {
      add(literals[i], static_cast<std::int32_t>(i));
    } else {
      always_.push_back(static_cast<int>(i));
    }
  }
  link();
}

void LiteralMatcher::number_classes(const std::vector<std::string>& literals) {
  for (const std::string& literal : literals) {
    for (const char c : literal) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte < 0x80 && classes_[byte] == 0) classes_[byte] = static_cast<std::uint8_t>(class_count_++);
    }
  }
  for (std::size_t c = 'a'; c <= 'z'; ++c) classes_[c - 'a' + 'A'] = classes_[c];
}

void LiteralMatcher::add(const std::string& literal, std::int32_t index) {
  WEIR_CHECK(!literal.empty(), "a literal to search for is not empty");
  State state = 0;
  for (const char c : literal) {
    const std::size_t byte_class = classes_[static_cast<unsigned char>(c)];
    if (next(state, byte_class) == 0) {
      next(state, byte_class) = static_cast<State>(literals_.size());
      literals_.push_back(none);
      next_.resize(next_.size() + class_count_, 0);
    }
    state = next(state, byte_class);
  }
  literals_[state] = index;
}

/// Breadth first: what a state lacks it takes from its longest proper suffix, which is done by then.
void LiteralMatcher::link() {
  std::vector<State> suffix(literals_.size(), 0);
  ends_.assign(literals_.size(), 0);
  shorter_ends_.assign(literals_.size(), 0);
  std::vector<State> queue{0};
  for (std::size_t i = 0; i < queue.size(); ++i) {
    const State state = queue[i];
    if (state != 0) {
      shorter_ends_[state] = ends_[suffix[state]];
      ends_[state] = literals_[state] != none ? state : shorter_ends_[state];
    }
    for (std::size_t byte_class = 1; byte_class < class_count_; ++byte_class) {
      const State inherited = state == 0 ? 0 : next(suffix[state], byte_class);
      State& target = next(state, byte_class);
      if (target == 0) {
        target = inherited;
      } else {
        suffix[target] = inherited;
        queue.push_back(target);
      }
    }
  }
}

void LiteralMatcher::report(State state, Search& search) const {
  for (; state != 0; state = shorter_ends_[state]) {
    const auto literal = static_cast<std::size_t>(literals_[state]);
    // Whoever has seen a literal has seen those that end it.
    if (search.seen_in_[literal] == search.text_) return;
    search.seen_in_[literal] = search.text_;
    search.found_.push_back(static_cast<int>(literal));
  }
}

void LiteralMatcher::find(std::string_view text, Search& search) const {
  search.found_.assign(always_.begin(), always_.end());
  if (search.seen_in_.size() != literal_count_ || ++search.text_ == 0) {
    search.seen_in_.assign(literal_count_, 0);
    search.text_ = 1;
  }
  State state = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= 0x80) {
      const std::string_view rest = text.substr(i);
      if (rest.starts_with(kelvin_sign)) {
        byte = 'k';
        i += kelvin_sign.size() - 1;
      } else if (rest.starts_with(long_s)) {
        byte = 's';
        i += long_s.size() - 1;
      }
    }
    state = next_[state * class_count_ + classes_[byte]];
    if (ends_[state] != 0) report(ends_[state], search);
  }
}

}  // namespace weir
