// error_catalogue.h — every kind of mistake that a pipeline file can have: its code, what is wrong, why that is demanded, and what to do.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// What the text of an example is a part of.
enum class ExampleKind {
  none,        // a file alone cannot show it
  query,       // what stands behind AS of a sink, in a .weir file
  statements,  // statements of a .weir file
  weir,        // a whole .weir file
  sections,    // sections of a YAML file
  yaml,        // a whole YAML file
};

/// A code stands for one kind of mistake for ever: it is never given to another one.
struct Mistake {
  std::string_view code;   // "W0201"; W09.. are warnings
  std::string_view title;  // a few words, in small letters
  std::string_view text;   // several sentences
  ExampleKind kind = ExampleKind::none;
  std::string_view wrong;  // an example that has the mistake
  std::string_view right;  // the same without it
};

/// All of them, in the order of their codes.
const std::vector<Mistake>& error_catalogue();
/// Whether it keeps no pipeline from running.
inline bool is_warning(std::string_view code) { return code.starts_with("W09"); }
/// By its code, in any case. Null where there is none.
const Mistake* find_mistake(std::string_view code);
/// The whole file that an example of `kind` is a part of.
std::string example_file(ExampleKind kind, std::string_view example);
/// "examples.weir", or "examples.yaml".
std::string example_name(ExampleKind kind);

/// For people, at a terminal; for programs, under stable keys; and docs/reference/errors.md, which holds all.
std::string mistake_text(const Mistake& mistake);
std::string mistake_json(const Mistake& mistake);
/// A line for each.
std::string mistakes_text();
std::string mistakes_json();
std::string mistakes_markdown();

}  // namespace weir
