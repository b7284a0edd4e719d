// byte_size.h — amounts of memory as users write them: "256 MB", "1.5GB", "64 MiB".
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace weir {

/// A number and a unit (B, KB, MB, GB, TB by thousands; KiB, MiB, GiB, TiB by 1024), in any case, blanks allowed between. Nothing where the text is no
/// such amount.
std::optional<std::size_t> parse_byte_size(std::string_view text);
/// "256 MB", "1.5 GB": at most one decimal.
std::string format_byte_size(std::size_t bytes);

}  // namespace weir
