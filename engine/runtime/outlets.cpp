// outlets.cpp — writes under one mutex, waits without it.
#include "engine/runtime/outlets.h"

#include <fmt/format.h>

#include "engine/base/log.h"
#include "engine/runtime/retry.h"

namespace weir {
namespace {

constexpr std::chrono::milliseconds longest_pause{10'000};
constexpr std::chrono::seconds drain_patience{10};

}  // namespace

std::unique_ptr<RowEncoder> encoder_for(const SinkNode& sink, const Store& store) {
  return sink.outlet != nullptr ? sink.outlet->encoder(sink.table) : store.encoder(sink.table);
}

Result<std::unique_ptr<Outlets>> Outlets::open(const Plan& plan) {
  std::unique_ptr<Outlets> opened(new Outlets(plan));
  for (std::size_t i = 0; i < plan.sinks.size(); ++i) {
    if (plan.sinks[i].outlet == nullptr) continue;
    auto outlet = plan.sinks[i].outlet->open();
    if (!outlet.ok()) return std::move(outlet).error().in("sink " + plan.sinks[i].table.sink);
    opened->outlets_[i] = std::move(outlet).value();
  }
  return opened;
}

Status Outlets::write(const OutletWrite& rows) {
  const SinkTable& table = plan_.sinks[rows.sink].table;
  const std::scoped_lock lock(mutex_);
  return outlets_[rows.sink]->write(table, rows.rows);
}

Status Outlets::write_patiently(std::span<const OutletWrite> writes, JobControl& control, const Clock& clock,
                                std::chrono::milliseconds first_pause) {
  for (const OutletWrite& one : writes) {
    const std::string part = "sink " + plan_.sinks[one.sink].table.sink;
    Retry retry(first_pause, longest_pause);
    std::optional<std::chrono::steady_clock::time_point> drain_deadline;
    for (;;) {
      Status written = write(one);
      if (written.ok()) break;
      if (written.error().kind() != ErrorKind::service) return std::move(written).error().in(part);
      const auto now = clock.steady();
      const Retry::Pause pause = retry.failed(written.error().message(), now);
      if (pause.is_news) log::warning("{}: {} rows are committed and wait: {}", part, one.rows.size(), written.error().message());
      control.set_health(part, written.error().message());
      const JobControl::State state = control.state();
      if (state == JobControl::State::draining && !drain_deadline) drain_deadline = now + drain_patience;
      if (state == JobControl::State::broken || (drain_deadline && now > *drain_deadline)) return std::move(written).error().in(part);
      control.sleep_while(state, pause.time);
    }
    control.set_health(part, "");
  }
  return {};
}

}  // namespace weir
