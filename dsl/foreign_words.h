// foreign_words.h — what to write for words and signs of other languages.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// Three words that follow each other; the last one is where the parser stopped. Empty where there is none.
struct WordsRead {
  std::string_view before, previous, offending;
  bool is_in_statement = true;  // else in an expression of YAML
};

/// What is written here for what other languages write at this place; empty where nothing is known.
std::string hint_for_foreign_words(const WordsRead& words);
/// The same of a sign that is no token, in UTF-8.
std::string hint_for_foreign_sign(std::string_view sign);
/// What other languages call a step: what to write, and the step's name in YAML.
std::string hint_for_foreign_step(std::string_view word);
std::string step_of_yaml(std::string_view word);
/// The one of `known` that a key of other tools is called here.
std::string key_here(std::string_view word, const std::vector<std::string>& known);

}  // namespace weir
