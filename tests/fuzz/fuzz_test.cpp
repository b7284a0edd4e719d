// fuzz_test.cpp — random changes of known texts, to everything that takes texts of users.
//
// WEIR_SEED=n draws others, WEIR_SECONDS=n goes on for so long and keeps what reaches code that nothing reached before, where the build counts that
// (preset fuzz). A text that ends the program, takes too long or too much memory is written to fuzz-finding-N.txt in the working directory.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <malloc.h>
#include <sys/time.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <vector>

#include "tests/fuzz/corpus.h"
#include "tests/fuzz/coverage.h"
#include "tests/fuzz/front_end.h"
#include "tests/fuzz/mutation.h"

namespace weir::testing {
namespace {

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr || *text == 0 ? otherwise : static_cast<std::uint64_t>(std::atoll(text));
}

/// The text that is being taken, for when it ends the program.
struct Current {
  std::string name, text;
};
Current& current() {
  static Current one;
  return one;
}

constexpr int most_findings = 20;
int& findings() {
  static int count = 0;
  return count;
}

std::string keep_finding() {
  const std::string path = fmt::format("fuzz-finding-{}.txt", ++findings());
  std::ofstream(path, std::ios::binary) << current().text;
  return path;
}

extern "C" void end_with_finding(int signal) {
  fmt::print(stderr, "{} ended by signal {}: {}\n", current().name, signal, keep_finding());
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

// On a stack of its own: what ends the program may be that there is no more of the other.
void catch_ends() {
  static std::vector<char> stack(std::size_t{1} << 20);
  const stack_t own{.ss_sp = stack.data(), .ss_flags = 0, .ss_size = stack.size()};
  sigaltstack(&own, nullptr);
  struct sigaction action {};
  action.sa_handler = end_with_finding;
  action.sa_flags = SA_ONSTACK;
  for (const int signal : {SIGSEGV, SIGABRT, SIGFPE, SIGBUS, SIGVTALRM}) sigaction(signal, &action, nullptr);
}

// A text that hangs ends the test, after much more than the second that it may take.
void limit_seconds(int seconds) {
  const itimerval timer{{0, 0}, {seconds, 0}};
  setitimer(ITIMER_VIRTUAL, &timer, nullptr);
}

class Fuzz {
 public:
  Fuzz() : texts_(corpus()) { catch_ends(); }

  void take(const FrontEnd& front_end, std::string text) {
    current() = {front_end.name, std::move(text)};
    limit_seconds(60);
    const std::size_t reached = coverage::begin();
    Cost cost{};
    try {
      cost = cost_of(front_end, current().text);
    } catch (const std::exception& thrown) {
      ADD_FAILURE() << fmt::format("{} threw {}: {}", front_end.name, thrown.what(), keep_finding());
    }
    if (is_too_much(cost, current().text))
      ADD_FAILURE() << fmt::format("{} took {:.2f} s and {} MiB for {} bytes: {}", front_end.name, cost.seconds, cost.bytes >> 20, current().text.size(), keep_finding());
    if (coverage::reached() > reached && current().text.size() < 8192) texts_.push_back(current().text);
    ++taken_;
  }

  void take_random(std::uint64_t seed) {
    Draw draw(seed);
    const FrontEnd& front_end = draw.one_of(front_ends());
    take(front_end, mutated(texts_, draw));
  }
  const std::vector<std::string>& texts() const { return texts_; }
  std::size_t taken() const { return taken_; }

 private:
  std::vector<std::string> texts_;
  std::size_t taken_ = 0;
};

TEST(Fuzz, NothingEndsTheProgramOrHangs) {
  Fuzz fuzz;
  const std::vector<std::string> known = fuzz.texts();
  for (const FrontEnd& front_end : front_ends()) {
    for (const std::string& text : known) fuzz.take(front_end, text);
  }
  const std::uint64_t seed = number_from("WEIR_SEED", 1), seconds = number_from("WEIR_SECONDS", 0);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
#ifdef WEIR_SANITIZED
  constexpr std::uint64_t rounds = 1500;
#else
  constexpr std::uint64_t rounds = 12000;
#endif
  const auto is_done = [&](std::uint64_t round) { return findings() >= most_findings || (seconds == 0 ? round >= rounds : std::chrono::steady_clock::now() >= end); };
  const std::size_t kept = mallinfo2().uordblks;
  for (std::uint64_t round = 0; !is_done(round); ++round) fuzz.take_random(seed * 1'000'003 + round);
  // What the front ends remember of texts, if anything, has an end; the parser's tables of predictions grow with what it has seen.
  if (seconds == 0) {
    EXPECT_LT(mallinfo2().uordblks, kept + (std::size_t{64} << 20));
  } else {
    fmt::print("{} texts taken, {} known, {} places reached\n", fuzz.taken(), fuzz.texts().size(), coverage::reached());
  }
  limit_seconds(0);
}

}  // namespace
}  // namespace weir::testing
