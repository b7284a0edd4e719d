// round_trip_test.cpp — random pipelines stay what they are in either spelling, and files written anew stay as they are.
//
// WEIR_SEED=n runs the pipeline of that number, WEIR_PLANS=n more or fewer of them.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <tuple>

#include "connectors/builtin.h"
#include "dsl/compile.h"
#include "dsl/format.h"
#include "tests/roundtrip/random_layout.h"
#include "tests/roundtrip/random_select.h"
#include "tests/roundtrip/shrink.h"

namespace weir::testing {
namespace {

// What functions of the pipeline were given.
std::string& scripts() {
  static std::string text;
  return text;
}

const Registry& registry() {
  static const Registry builtin = [] {
    Registry made = builtin_registry();
    made.define_function = [](const ScriptFunction& script) {
      scripts() += fmt::format("{} {} {}\n{}\n", script.name, script.language, script.parameters.size(), script.code);
      return Status();
    };
    return made;
  }();
  return builtin;
}

struct Meaning {
  std::string facts;  // all that explain tells of the plan; empty where there is none
  std::string said;
};

Meaning read_meaning(const std::string& text, Spelling spelling) {
  scripts().clear();
  const Compiled compiled = spelling == Spelling::yaml ? compile_yaml("a.yaml", text, registry(), {}) : compile_weir("a.weir", text, registry(), {});
  Meaning meaning;
  for (const Error& error : compiled.diagnostics.errors()) meaning.said += render(error);
  if (compiled.plan == nullptr) return meaning;
  const auto told = explain(*compiled.plan, compiled.reports, ExplainFormat::json);
  meaning.facts = fingerprint(*compiled.plan) + "\n" + (told.ok() ? *told : render(told.error())) + scripts();
  return meaning;
}

const char* name_of(Spelling spelling) { return spelling == Spelling::yaml ? "a.yaml" : "a.weir"; }
Spelling other(Spelling spelling) { return spelling == Spelling::yaml ? Spelling::weir : Spelling::yaml; }

/// What was found of texts that come again and again: those of one pipeline.
struct Known {
  std::map<std::pair<Spelling, std::string>, Meaning> meanings;
  std::map<std::tuple<Spelling, Spelling, std::string>, std::string> formatted;
};

Known& known() {
  static Known all;
  return all;
}

const Meaning& meaning_of(const std::string& text, Spelling spelling) {
  const auto [found, is_new] = known().meanings.try_emplace({spelling, text});
  if (is_new) found->second = read_meaning(text, spelling);
  return found->second;
}

const std::string& formatted(const std::string& text, Spelling from, Spelling to) {
  const auto found = known().formatted.find({from, to, text});
  if (found != known().formatted.end()) return found->second;
  return known().formatted[{from, to, text}] = format_pipeline(name_of(from), text, to, registry());
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

/// The number of a note and what ends it: note 1 is no part of note 12.
bool is_kept(const std::string& note, const std::string& text) {
  const std::size_t found = count(text, note);
  const bool has_extra = note.find(' ', 5) != std::string::npos;
  if (has_extra) return found == 1;
  std::size_t longer = 0;
  for (char digit = '0'; digit <= '9'; ++digit) longer += count(text, note + digit);
  return found - longer == 1;
}

/// What is wrong with `written`, which was made of a text that means `facts`; empty where nothing is.
std::string wrong_with(const std::string& written, Spelling spelling, const std::string& facts, const char* what) {
  const Meaning& meaning = meaning_of(written, spelling);
  if (meaning.facts != facts) return fmt::format("{} is another pipeline:\n{}\n{}", what, written, meaning.said);
  const std::string again = formatted(written, spelling, spelling);
  return again == written ? "" : fmt::format("{} does not stay as it is:\n{}\nbut becomes\n{}", what, written, again);
}

/// What is wrong with what `text` is written as; empty where nothing is, or it is no pipeline.
std::string wrong_with_file(const std::string& text, Spelling spelling, const std::vector<std::string>& notes) try {
  const std::string facts = meaning_of(text, spelling).facts;
  if (facts.empty()) return "";
  const std::string same = formatted(text, spelling, spelling);
  if (std::string wrong = wrong_with(same, spelling, facts, "the same file written anew"); !wrong.empty()) return wrong;
  for (const std::string& note : notes) {
    if (is_kept(note, text) && !is_kept(note, same)) return fmt::format("a comment is lost: {}\n{}", note, same);
  }
  const std::string translated = formatted(text, spelling, other(spelling));
  if (std::string wrong = wrong_with(translated, other(spelling), facts, "its translation"); !wrong.empty()) return wrong;
  return wrong_with(formatted(translated, other(spelling), spelling), spelling, facts, "what comes back of it");
} catch (const std::exception& exception) {
  return fmt::format("an exception: {}", exception.what());
}

/// Whether it is a pipeline. Reports what is wrong with the file, in a shorter one.
bool check(const LaidOut& file, Spelling spelling, std::size_t number) {
  if (meaning_of(file.text, spelling).facts.empty()) return false;
  const std::string wrong = wrong_with_file(file.text, spelling, file.notes);
  if (wrong.empty()) return true;
  const std::string kind = wrong.substr(0, wrong.find(':'));
  const auto fails = [&](const std::string& text) { return wrong_with_file(text, spelling, file.notes).starts_with(kind); };
  const std::string small = shrunk(file.text, fails);
  ADD_FAILURE() << "WEIR_SEED=" << number << "\n" << small << "\n--- " << wrong_with_file(small, spelling, file.notes);
  return true;
}

bool check_plan(std::size_t number) {
  Draw draw(number);
  const LaidOut yaml = random_yaml(random_pipeline(draw), draw);
  if (std::getenv("WEIR_SHOW") != nullptr) fmt::print("{}\n{}", yaml.text, meaning_of(yaml.text, Spelling::yaml).said);
  if (!check(yaml, Spelling::yaml, number)) return false;
  const LaidOut weir = random_weir(formatted(yaml.text, Spelling::yaml, Spelling::weir), draw);
  const Meaning& meaning = meaning_of(weir.text, Spelling::weir);
  if (meaning.facts != meaning_of(yaml.text, Spelling::yaml).facts)
    ADD_FAILURE() << "WEIR_SEED=" << number << ": with other blanks and comments it is another pipeline:\n" << weir.text << meaning.said;
  check(weir, Spelling::weir, number);
  return true;
}

/// Whether `wanted` pipelines that `check_one` makes of numbers are good ones.
template <typename CheckOne>
void check_all(std::size_t wanted, CheckOne check_one) {
  if (const char* seed = std::getenv("WEIR_SEED"); seed != nullptr && *seed != 0) {
    EXPECT_TRUE(check_one(static_cast<std::size_t>(std::atoll(seed)))) << "is no pipeline";
    return;
  }
  const char* given = std::getenv("WEIR_PLANS");
  const std::size_t plans = given == nullptr ? wanted : static_cast<std::size_t>(std::atoll(given));
  std::size_t good = 0, drawn = 0;
  while (good < plans && !::testing::Test::HasFailure()) {
    known() = {};
    good += check_one(++drawn) ? 1 : 0;
  }
  EXPECT_LT(drawn, plans + plans / 10 + 10) << "of the random pipelines too many are none";
}

TEST(RoundTrip, RandomPipelinesStayWhatTheyAre) { check_all(5000, check_plan); }

TEST(RoundTrip, RandomSelectsStayWhatTheyAre) {
  check_all(1000, [](std::size_t number) {
    Draw draw(number);
    const LaidOut weir = random_weir(random_select(draw), draw);
    if (std::getenv("WEIR_SHOW") != nullptr) fmt::print("{}\n{}", weir.text, meaning_of(weir.text, Spelling::weir).said);
    return check(weir, Spelling::weir, number);
  });
}

}  // namespace
}  // namespace weir::testing
