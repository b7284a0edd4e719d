// line_reader.h — lines as they are typed: with editing and a history on a terminal, as they come elsewhere.
#pragma once

#include <memory>
#include <optional>
#include <string>

namespace weir {

/// One thread.
class LineReader {
 public:
  virtual ~LineReader() = default;
  /// Nothing at the end of the input.
  virtual std::optional<std::string> next(const char* prompt) = 0;
  virtual void remember(const std::string& line) = 0;
};

std::unique_ptr<LineReader> make_line_reader();

/// Whether what was typed so far cannot be all of it: a bracket, a quote or a comment is open, it ends where more must come, or it is a definition or a
/// SELECT that nothing closes yet.
bool wants_more(const std::string& text);
/// Whether a line can only go on with the one before: |>, WHERE, GROUP BY and such.
bool goes_on(const std::string& line);

}  // namespace weir
