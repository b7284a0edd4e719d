// scale.h — an axis of numbers or times: where it begins and ends, and where it is marked.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace weir {

struct Tick {
  double at;
  std::string text;
};

/// low < high; ticks ascend within them.
struct Scale {
  double low = 0, high = 1;
  std::vector<Tick> ticks;
  /// 0 at low, 1 at high. Of halves, so that the widest scale is no overflow.
  double share(double value) const { return (value / 2 - low / 2) / (high / 2 - low / 2); }
};

/// Round numbers around `low` to `high`, at most about `most` of them. Any finite numbers, low <= high.
Scale number_scale(double low, double high, std::size_t most);
/// Of microseconds since 1970: seconds, minutes, hours, days, months or years, in UTC. Its ends are `low` and `high` themselves.
Scale time_scale(double low, double high, std::size_t most);

/// "12,500": as a tick says it, with this many digits behind the point.
std::string tick_number(double value, int decimals);

}  // namespace weir
