// literal_matcher.h — which of many literals occur in a text (Aho-Corasick).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// Letters match in any case. Never changes once it is made, so any thread may search, each with a Search of
/// its own.
class LiteralMatcher {
 public:
  /// What one thread finds; kept from text to text, so that nothing is allocated for each.
  class Search {
   public:
    /// The literals that occur in the latest text, by their index, each once.
    const std::vector<int>& found() const { return found_; }

   private:
    friend class LiteralMatcher;
    std::vector<int> found_;
    std::vector<std::uint32_t> seen_in_;  // per literal: the text it was seen in last
    std::uint32_t text_ = 0;
  };

  /// Distinct, not empty, in lower case. A literal that is not ASCII counts as found in every text: this is a
  /// prefilter.
  explicit LiteralMatcher(const std::vector<std::string>& literals);

  void find(std::string_view text, Search& search) const;

 private:
  using State = std::uint32_t;
  static constexpr std::int32_t none = -1;
  void number_classes(const std::vector<std::string>& literals);
  void add(const std::string& literal, std::int32_t index);
  void link();
  State& next(State state, std::size_t byte_class) { return next_[state * class_count_ + byte_class]; }
  void report(State state, Search& search) const;

  std::array<std::uint8_t, 256> classes_{};  // of bytes; 0: in no literal
  std::size_t class_count_ = 1;
  std::vector<State> next_;             // by state and class
  std::vector<std::int32_t> literals_;  // by state: the literal that ends there, or none
  std::vector<State> ends_;  // by state: itself or the longest proper suffix where a literal ends; 0: nowhere
  std::vector<State> shorter_ends_;  // by state: the longest proper suffix where a literal ends
  std::vector<int> always_;
  std::size_t literal_count_ = 0;
};

}  // namespace weir
