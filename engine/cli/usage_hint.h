// usage_hint.h — says what was wrong with a command line, and what was probably meant.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace weir {

/// "error: ..." with the nearest option or subcommand, and where to read more. Ends in a newline.
std::string usage_message(const CLI::App& app, const CLI::ParseError& error,
                          const std::vector<std::string>& arguments);

}  // namespace weir
