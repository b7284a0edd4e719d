// error_catalogue.cpp — puts the catalogue together, and examples into whole files.
#include "engine/plan/error_catalogue.h"

#include <algorithm>
#include <cctype>

#include "engine/plan/mistakes/families.h"

namespace weir {
namespace {

constexpr std::string_view weir_frame = R"(CREATE PIPELINE shop;
CREATE CONNECTION warehouse WITH (dsn = 'sqlite:shop.db');
CREATE SOURCE orders (
  id STRING NOT NULL, shop_id INT NOT NULL, product STRING, quantity INT, price DECIMAL(10,2), tags ARRAY<STRING>, payload JSON,
  placed_at TIMESTAMP NOT NULL, WATERMARK FOR placed_at AS placed_at - INTERVAL 1 HOUR
) WITH (type = 'kafka', brokers = 'localhost:9092', topic = 'orders', format = 'json');
CREATE SOURCE shipments (
  order_id STRING NOT NULL, carrier STRING, sent_at TIMESTAMP NOT NULL, WATERMARK FOR sent_at AS sent_at - INTERVAL 1 HOUR
) WITH (type = 'kafka', brokers = 'localhost:9092', topic = 'shipments', format = 'json');
CREATE SOURCE clicks (id STRING NOT NULL, url STRING, seen_at TIMESTAMP NOT NULL)
WITH (type = 'kafka', brokers = 'localhost:9092', topic = 'clicks', format = 'json');
CREATE TABLE shops (id INT NOT NULL, name STRING, city STRING, PRIMARY KEY (id)) WITH (type = 'csv', file = 'shops.csv');
)";

constexpr std::string_view yaml_frame = R"(name: shop
sources:
  orders:
    type: kafka
    brokers: localhost:9092
    topic: orders
    format: json
    columns: { id: string not null, shop_id: int not null, product: string, quantity: int, payload: json, placed_at: timestamp not null }
    watermark: placed_at - INTERVAL 1 HOUR
  shipments:
    type: kafka
    brokers: localhost:9092
    topic: shipments
    format: json
    columns: { order_id: string not null, carrier: string, sent_at: timestamp not null }
    watermark: sent_at - INTERVAL 1 HOUR
)";

constexpr std::string_view weir_sink = "CREATE SINK rows WITH (type = 'console') AS ";

std::vector<Mistake> all_mistakes() {
  std::vector<Mistake> all;
  for (const auto family : {mistakes_of_text, mistakes_of_statements, mistakes_of_names, mistakes_of_expressions, mistakes_of_time, mistakes_of_joins, mistakes_of_sinks,
                            mistakes_of_options, mistakes_of_services, mistakes_of_warnings, mistakes_of_tests, mistakes_of_reports}) {
    for (Mistake& one : family()) all.push_back(one);
  }
  return all;
}

}  // namespace

const std::vector<Mistake>& error_catalogue() {
  static const std::vector<Mistake> all = all_mistakes();
  return all;
}

const Mistake* find_mistake(std::string_view code) {
  const auto is_same = [](char a, char b) { return std::toupper(static_cast<unsigned char>(a)) == b; };
  const auto found = std::find_if(error_catalogue().begin(), error_catalogue().end(),
                                  [&](const Mistake& one) { return std::equal(code.begin(), code.end(), one.code.begin(), one.code.end(), is_same); });
  return found == error_catalogue().end() ? nullptr : &*found;
}

std::string example_name(ExampleKind kind) { return kind == ExampleKind::yaml || kind == ExampleKind::sections ? "example.yaml" : "example.weir"; }

std::string example_file(ExampleKind kind, std::string_view example) {
  const std::string text(example);
  const bool has_sink = text.find("CREATE SINK") != std::string::npos;
  switch (kind) {
    case ExampleKind::query:
      return std::string(weir_frame) + std::string(weir_sink) + text + ";\n";
    case ExampleKind::statements:
      return std::string(weir_frame) + text + "\n" + (has_sink ? "" : std::string(weir_sink) + "FROM orders;\n");
    case ExampleKind::sections:
      return std::string(yaml_frame) + text + "\n";
    default:
      return text + "\n";
  }
}

}  // namespace weir
