// bad_rows.cpp — the ways in which a row can be wrong, one function each.
#include "connectors/generate/bad_rows.h"

#include <array>
#include <string_view>

#include "engine/base/check.h"

namespace weir {
namespace {

void replace(std::string& event, std::string_view what, std::string_view by) {
  const std::size_t found = event.find(what);
  WEIR_CHECK(found != std::string::npos, "a good event has every field");
  event.replace(found, what.size(), by);
}

// Puts another value, as it stands in JSON, in place of a field's.
void set_field(std::string& event, std::string_view name, std::string_view value) {
  const std::string start = "\"" + std::string(name) + "\":";
  const std::size_t from = event.find(start) + start.size();
  const std::size_t to = event[from] == '"' ? event.find('"', from + 1) + 1 : event.find_first_of(",}", from);
  event.replace(from, to - from, value);
}

constexpr std::array<Spoil, 22> product_view_ways{
    [](std::string& event) { event.resize(event.size() * 2 / 3); },
    [](std::string& event) { event = "[1,2,3]"; },
    [](std::string& event) { replace(event, "\"id\":", "\"idx\":"); },
    [](std::string& event) { set_field(event, "id", "123456"); },
    [](std::string& event) { set_field(event, "id", "null"); },
    [](std::string& event) { replace(event, "\"product_id\":", "\"product\":"); },
    [](std::string& event) { set_field(event, "product_id", "80726"); },
    [](std::string& event) { replace(event, "\"time_stamp\":", "\"timestamp\":"); },
    [](std::string& event) { set_field(event, "time_stamp", "\"1730419200\""); },
    [](std::string& event) { set_field(event, "time_stamp", "1730419200.5"); },
    [](std::string& event) { set_field(event, "time_stamp", "99999999999999999999"); },
    [](std::string& event) { set_field(event, "collection", "\"\xFF\xFE_product_detail\""); },
    [](std::string& event) { set_field(event, "api_version", R"("1\u0000")"); },
    [](std::string& event) { event.clear(); },
    [](std::string& event) { event += "}]"; },
    [](std::string& event) { replace(event, "{\"id\":", "{\"id\":\"twice\",\"id\":"); },
    [](std::string& event) { set_field(event, "product_name", R"("Ring \ud83d")"); },
    [](std::string& event) {
      replace(event,
              "\"option\":", "\"deep\":" + std::string(70, '[') + std::string(70, ']') + ",\"option\":");
    },
    [](std::string& event) { set_field(event, "show_recommendation", "tru"); },
    [](std::string& event) { event = "product view of " + event.substr(0, 40); },
    [](std::string& event) { set_field(event, "resolution", "\"390\tx844\""); },
    [](std::string& event) { event.insert(0, "\xEF\xBB\xBF"); },
};

constexpr std::array<Spoil, 37> purchase_ways{
    [](std::string& event) { set_field(event, "quantity", "-2"); },
    [](std::string& event) { set_field(event, "price", "\"41.61\""); },
    [](std::string& event) { event.resize(event.size() * 2 / 3); },
    [](std::string& event) { replace(event, "\"transaction_id\":", "\"transaction\":"); },
    [](std::string& event) { replace(event, "\"ts\":", "\"timestamp\":"); },
    [](std::string& event) { event = "[1,2,3]"; },
    [](std::string& event) { set_field(event, "transaction_id", "null"); },
    [](std::string& event) { set_field(event, "transaction_id", "7130412"); },
    [](std::string& event) { set_field(event, "quantity", "0"); },
    [](std::string& event) { set_field(event, "quantity", "\"3\""); },
    [](std::string& event) { set_field(event, "quantity", "2.5"); },
    [](std::string& event) { set_field(event, "quantity", "99999999999"); },
    [](std::string& event) { set_field(event, "quantity", "null"); },
    [](std::string& event) { replace(event, "\"quantity\":", "\"amount\":"); },
    [](std::string& event) { set_field(event, "price", "null"); },
    [](std::string& event) { set_field(event, "price", "free"); },
    [](std::string& event) { set_field(event, "price", "NaN"); },
    [](std::string& event) { set_field(event, "price", "19.999"); },
    [](std::string& event) { set_field(event, "price", "1e30"); },
    [](std::string& event) { replace(event, "\"price\":", "\"Price\":"); },
    [](std::string& event) { set_field(event, "category", "null"); },
    [](std::string& event) { set_field(event, "category", "[\"Makeup\"]"); },
    [](std::string& event) { replace(event, "\"category\":", "\"categories\":"); },
    [](std::string& event) { set_field(event, "payment_method", "3"); },
    [](std::string& event) { replace(event, "\"payment_method\":", "\"payment\":"); },
    [](std::string& event) { set_field(event, "ts", "null"); },
    [](std::string& event) { set_field(event, "ts", "\"yesterday\""); },
    [](std::string& event) { set_field(event, "ts", "\"2024-02-30T10:00:00Z\""); },
    // A clock that is far ahead. Whoever believes it takes everything after it for late.
    [](std::string& event) { set_field(event, "ts", "\"2999-12-31T23:59:59Z\""); },
    [](std::string& event) { set_field(event, "brand", "\"Brand\xFF\xFE\""); },
    [](std::string& event) { set_field(event, "product_name", R"("Mask \ud83d")"); },
    [](std::string& event) { set_field(event, "category", R"("Make\u0000up")"); },
    [](std::string& event) { event.clear(); },
    [](std::string& event) { event += "}]"; },
    [](std::string& event) { event.insert(0, "\xEF\xBB\xBF"); },
    [](std::string& event) {
      replace(event, "{\"transaction_id\":", "{\"transaction_id\":\"twice\",\"transaction_id\":");
    },
    [](std::string& event) { event = "purchase of " + event.substr(0, 40); },
};

}  // namespace

std::span<const Spoil> bad_product_views() { return product_view_ways; }

std::span<const Spoil> bad_purchases() { return purchase_ways; }

void spoil_event(std::string& bytes, std::size_t begin, std::span<const Spoil> ways, std::uint64_t kind) {
  std::string event = bytes.substr(begin);
  ways[kind % ways.size()](event);
  bytes.resize(begin);
  bytes += event;
}

}  // namespace weir
