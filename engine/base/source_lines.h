// source_lines.h — where the lines of a source text begin.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "engine/base/error.h"

namespace weir {

/// The offset of a line that counts from 1; the text's size where it has no such line. The lines of the text that was asked for last are known.
std::size_t offset_of_line(const std::shared_ptr<const SourceText>& source, std::uint32_t line);

/// Where the line that an offset is in ends: its '\n', or the text's size.
std::size_t end_of_line_at(const std::shared_ptr<const SourceText>& source, std::size_t offset);

/// The line without its end; empty where the text has no such line.
std::string_view line_of(const Location& where);

}  // namespace weir
