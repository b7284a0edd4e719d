// front_end.cpp — what takes texts of users, and what a text costs.
#include "tests/fuzz/front_end.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>

#include "connectors/builtin.h"
#include "dsl/compile.h"
#include "dsl/format.h"

namespace weir::testing {
namespace {

const Registry& registry() {
  static const Registry builtin = [] {
    Registry made = builtin_registry();
    made.define_function = [](const ScriptFunction&) { return Status(); };
    return made;
  }();
  return builtin;
}

Variables variables() {
  Variables result;
  result.environment = {{"A", "a"}, {"EMPTY", ""}, {"LONG", std::string(1000, 'x')}};
  result.ini = {{"kafka.brokers", "b:9092"}};
  return result;
}

Compiled compiled(const std::string& text, Spelling spelling) {
  return spelling == Spelling::yaml ? compile_yaml("a.yaml", text, registry(), variables()) : compile_weir("a.weir", text, registry(), variables());
}

void say(const Diagnostics& diagnostics) {
  for (const Error& error : diagnostics.errors()) WEIR_CHECK(!render(error).empty(), "an error says something");
  for (const Error& warning : diagnostics.warnings()) WEIR_CHECK(!render(warning, "warning").empty(), "a warning says something");
}

template <Spelling spelling>
void compile(const std::string& text) {
  const Compiled result = compiled(text, spelling);
  WEIR_CHECK((result.plan == nullptr) == !result.diagnostics.ok(), "a file has a plan or errors");
  say(result.diagnostics);
  if (result.plan == nullptr) return;
  for (const ExplainFormat format : {ExplainFormat::text, ExplainFormat::json}) WEIR_CHECK(explain(*result.plan, result.reports, format).ok(), "a plan is explained");
}

// A statement has fewer words than a file of YAML may have.
bool is_too_much_for_a_file(const Compiled& compiled) {
  const std::vector<Error>& errors = compiled.diagnostics.errors();
  return std::any_of(errors.begin(), errors.end(), [](const Error& error) { return error.mistake() == "W0004"; });
}

void say_loudly(const Diagnostics& diagnostics) {
  for (const Error& error : diagnostics.errors()) std::fputs(render(error).c_str(), stderr);
}

// In the other spelling the same plan; a second time the same text.
template <Spelling spelling>
void write_anew(const std::string& text) {
  const Compiled result = compiled(text, spelling);
  if (result.plan == nullptr) return;
  for (const Spelling to : {Spelling::yaml, Spelling::weir}) {
    const std::string written = format_pipeline(spelling == Spelling::yaml ? "a.yaml" : "a.weir", text, to, registry());
    const Compiled again = compiled(written, to);
    if (to != spelling && is_too_much_for_a_file(again)) continue;
    if (again.plan == nullptr) say_loudly(again.diagnostics);
    WEIR_CHECK(again.plan != nullptr, "what is written anew is a pipeline");
    WEIR_CHECK(fingerprint(*again.plan) == fingerprint(*result.plan), "what is written anew is the same pipeline");
    WEIR_CHECK(format_pipeline(to == Spelling::yaml ? "a.yaml" : "a.weir", written, to, registry()) == written, "what is written anew stays as it is");
  }
}

void parse(const std::string& text) {
  Diagnostics diagnostics;
  const Location where{std::make_shared<const SourceText>(SourceText{"expression", text}), 1, 1, 1};
  const AstPtr ast = parse_expression(text, where, diagnostics);
  WEIR_CHECK((ast == nullptr) == !diagnostics.ok(), "an expression has a tree or errors");
  say(diagnostics);
}

void read_ini_text(const std::string& text) {
  static const std::string path = std::filesystem::temp_directory_path() / ("weir_fuzz_" + std::to_string(getpid()) + ".ini");
  std::ofstream(path, std::ios::binary) << text;
  const auto values = read_ini(path);
  std::filesystem::remove(path);
  if (!values.ok()) WEIR_CHECK(!render(values.error()).empty(), "an error says something");
}

std::size_t bytes_at_most() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::size_t>(usage.ru_maxrss) * 1024;
}

double thread_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

}  // namespace

const std::vector<FrontEnd>& front_ends() {
  static const std::vector<FrontEnd> all = {{"compile_yaml", compile<Spelling::yaml>},   {"compile_weir", compile<Spelling::weir>}, {"parse_expression", parse},
                                            {"format_yaml", write_anew<Spelling::yaml>, 4}, {"format_weir", write_anew<Spelling::weir>, 4}, {"read_ini", read_ini_text}};
  return all;
}

Cost cost_of(const FrontEnd& front_end, const std::string& text) {
  const std::size_t bytes = bytes_at_most();
  const double start = thread_seconds();
  front_end.take(text);
  return {(thread_seconds() - start) / front_end.commands, bytes_at_most() - bytes};
}

bool is_too_much(const Cost& cost, const std::string& text) {
#ifdef WEIR_SANITIZED
  constexpr std::size_t watched = 15;
#else
  constexpr std::size_t watched = 1;
#endif
  static const double seconds = std::getenv("WEIR_STRICT") != nullptr ? 1.0 : 4.0;
  return cost.seconds > seconds * watched || cost.bytes > ((std::size_t{64} << 20) + 600 * text.size()) * watched;
}

}  // namespace weir::testing
