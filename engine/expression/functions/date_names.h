// date_names.h — the English names of months and days, which are those that Spark writes and reads by
// default.
#pragma once

#include <array>
#include <string_view>

namespace weir {

inline constexpr std::array<std::string_view, 12> month_names{
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};
inline constexpr std::array<std::string_view, 7> day_names{"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                           "Friday", "Saturday", "Sunday"};

}  // namespace weir
