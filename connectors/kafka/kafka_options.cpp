// kafka_options.cpp — parses the options of the Kafka source and makes librdkafka's settings of them.
#include "connectors/kafka/kafka_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "connectors/kafka/kafka_handle.h"
#include "engine/base/nearest_name.h"
#include "engine/data/calendar.h"

namespace weir {
namespace {

const std::vector<std::string> securities = {"plaintext", "ssl", "sasl_plaintext", "sasl_ssl"};
const std::vector<std::string> mechanisms = {"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"};

struct OwnedProperty {
  std::string_view name;
  std::string_view reason;
};

// Properties on which exactly-once rests, or that have an option of their own.
constexpr std::array<OwnedProperty, 12> owned_properties = {{
    {"enable.auto.commit", "positions are committed with the rows, in the sink's database"},
    {"auto.commit.enable", "positions are committed with the rows, in the sink's database"},
    {"auto.commit.interval.ms", "positions are committed with the rows, in the sink's database"},
    {"enable.auto.offset.store", "positions are committed with the rows, in the sink's database"},
    {"auto.offset.reset", "a lost position must stop the pipeline, never jump; `start` says where to begin"},
    {"isolation.level", "rows of aborted transactions must not be read"},
    {"enable.partition.eof", "the end of a partition moves its position"},
    {"check.crcs", "records are always checked"},
    {"group.id", "use the option `group`"},
    {"bootstrap.servers", "use the option `brokers`"},
    {"metadata.broker.list", "use the option `brokers`"},
    {"test.mock.num.brokers", "use `brokers: embedded`"},
}};

struct OptionProperty {
  std::string_view option;
  std::array<std::string_view, 2> names;
};

constexpr std::array<OptionProperty, 4> option_properties = {{
    {"security", {"security.protocol", ""}},
    {"sasl_mechanism", {"sasl.mechanism", "sasl.mechanisms"}},
    {"username", {"sasl.username", ""}},
    {"password", {"sasl.password", ""}},
}};

bool is_given(const Config& config, const std::string& name) {
  const Config* value = config.find(name);
  return value != nullptr && value->is_scalar() && !value->scalar().empty();
}

Location place_of(const Config& config, const std::string& name) {
  const Config* value = config.find(name);
  return value == nullptr ? config.where : value->where;
}

// Empty counts as not given, so that a file may say ${KAFKA_SECURITY:-}.
OptionTable<KafkaOptions>::Setter any_case_choice(std::string KafkaOptions::* member,
                                                  const std::vector<std::string>& choices,
                                                  std::string (*fold)(std::string)) {
  return [=](KafkaOptions& options, const Config& value, Diagnostics& diagnostics) {
    const auto text = option_parsing::text(value, OptionDoc{}, diagnostics);
    if (!text || text->empty()) return;
    const std::string folded = fold(*text);
    if (std::find(choices.begin(), choices.end(), folded) != choices.end()) {
      options.*member = folded;
      return;
    }
    std::string known;
    for (const std::string& choice : choices) known += (known.empty() ? "" : ", ") + choice;
    Error error = Error{ErrorKind::user, fmt::format("{} is none of {}", *text, known), value.where}.as("W0702");
    const std::string meant = nearest_name(*text, choices);
    diagnostics.error(meant.empty() ? std::move(error)
                                    : std::move(error).with_hint("did you mean " + meant + "?"));
  };
}

void set_start(KafkaOptions& options, const Config& value, Diagnostics& diagnostics) {
  const auto text = option_parsing::text(value, OptionDoc{}, diagnostics);
  if (!text || text->empty()) return;
  const std::string folded = lower_case(*text);
  if (folded == "latest" || folded == "earliest") {
    options.start.kind = folded == "latest" ? KafkaStart::Kind::latest : KafkaStart::Kind::earliest;
  } else if (const auto moment = parse_timestamp(*text)) {
    options.start = {KafkaStart::Kind::timestamp, *moment / 1000};
  } else {
    diagnostics.error(
        Error{ErrorKind::user, fmt::format("{} is no place to start", *text), value.where}.as("W0702").with_hint(
            "latest, earliest, or a time such as 2024-11-01T00:00:00Z"));
  }
}

void set_properties(KafkaOptions& options, const Config& value, Diagnostics& diagnostics) {
  if (value.is_scalar() && value.scalar().empty()) return;
  if (!value.is_map()) {
    diagnostics.error(
        Error{ErrorKind::user, "properties is a map of librdkafka's names to values", value.where}.as("W0702"));
    return;
  }
  const KafkaPointer<rd_kafka_conf_t> scratch(rd_kafka_conf_new());
  for (const auto& [name, entry] : std::get<Config::Map>(value.value)) {
    if (!entry.is_scalar()) {
      diagnostics.error(
          Error{ErrorKind::user, fmt::format("the value of {} is one text or number", name), entry.where}.as("W0702"));
      continue;
    }
    const std::string& key = name;
    const auto* owned = std::find_if(owned_properties.begin(), owned_properties.end(),
                                     [&](const auto& one) { return one.name == key; });
    if (owned != owned_properties.end()) {
      diagnostics.error(Error{ErrorKind::user, fmt::format("Weir sets {} itself: {}", name, owned->reason),
                              entry.key_where}.as("W0705"));
    } else if (auto status = set_property(scratch.get(), name, entry.scalar()); !status.ok()) {
      diagnostics.error(Error{ErrorKind::user, status.error().message(), entry.where}.as("W0705"));
    } else {
      options.properties[name] = entry.scalar();
    }
  }
}

bool is_topic_name(const std::string& name) {
  const auto is_legal = [](unsigned char letter) {
    return std::isalnum(letter) != 0 || letter == '.' || letter == '_' || letter == '-';
  };
  return !name.empty() && name.size() <= 249 && name != "." && name != ".." &&
         std::all_of(name.begin(), name.end(), is_legal);
}

void check_topics(KafkaOptions& options, const Config& config, Diagnostics& diagnostics) {
  if (!options.topic.empty() && !options.topics.empty()) {
    diagnostics.error(Error{ErrorKind::user, "topic and topics are both given; keep one of them",
                            place_of(config, "topics")}.as("W0704"));
    return;
  }
  if (!options.topic.empty()) options.topics = {options.topic};
  if (options.topics.empty()) {
    diagnostics.error(Error{ErrorKind::user, "a topic is missing", place_of(config, "topic")}.as("W0703").with_hint(
        "topic: NAME, or topics: [NAME, ...]"));
  }
  std::sort(options.topics.begin(), options.topics.end());
  options.topics.erase(std::unique(options.topics.begin(), options.topics.end()), options.topics.end());
  for (const std::string& name : options.topics) {
    if (is_topic_name(name)) continue;
    diagnostics.error(Error{ErrorKind::user, fmt::format("{} is no topic's name", name),
                            place_of(config, options.topic.empty() ? "topics" : "topic")}.as("W0702")
                          .with_hint("letters, digits, '.', '_' and '-'"));
  }
}

void check_login(const KafkaOptions& options, const Config& config, Diagnostics& diagnostics) {
  for (const auto& [option, names] : option_properties) {
    for (const std::string_view name : names) {
      if (!is_given(config, std::string(option)) || !options.properties.contains(std::string(name))) continue;
      diagnostics.error(Error{
          ErrorKind::user, fmt::format("{} and the property {} say the same; keep one of them", option, name),
          place_of(config, std::string(option))}.as("W0704"));
    }
  }
  const bool logs_in = options.security.starts_with("sasl");
  if (!options.properties.contains("security.protocol") && !logs_in && !options.username.empty()) {
    const std::string meant = options.security == "ssl" ? "sasl_ssl" : "sasl_plaintext";
    diagnostics.error(Error{ErrorKind::user,
                            fmt::format("username is given, but security: {} does not log in",
                                        options.security.empty() ? "plaintext" : options.security),
                            place_of(config, "username")}.as("W0704")
                          .with_hint("did you mean security: " + meant + "?"));
  }
  if (!logs_in) return;
  // Kerberos and OAuth have credentials of their own, among the properties.
  if (options.properties.contains("sasl.mechanism") || options.properties.contains("sasl.mechanisms")) return;
  const auto require = [&](const char* name, const std::string& value, const char* property) {
    if (!value.empty() || options.properties.contains(property)) return;
    diagnostics.error(Error{ErrorKind::user, fmt::format("security: {} needs a {}", options.security, name),
                            place_of(config, "security")}.as("W0703"));
  };
  require("username", options.username, "sasl.username");
  require("password", options.password, "sasl.password");
}

OptionTable<KafkaOptions> make_table() {
  OptionTable<KafkaOptions> table;
  table.text("brokers", &KafkaOptions::brokers,
             "Bootstrap brokers, host:port with commas between; `embedded` inside `weir demo`", true);
  table.text("topic", &KafkaOptions::topic, "The topic to read");
  table.text_list("topics", &KafkaOptions::topics, "Several topics to read, instead of `topic`");
  table.custom({"start", "latest | earliest | timestamp", "latest",
                "Where a partition without a stored position begins; partitions that appear later are read "
                "from their beginning"},
               set_start);
  table.text("group", &KafkaOptions::group,
             "Consumer group to which committed positions are mirrored; default weir-PIPELINE");
  table.custom({"security", "plaintext | ssl | sasl_plaintext | sasl_ssl", "plaintext",
                "How brokers are talked to; any case"},
               any_case_choice(&KafkaOptions::security, securities, lower_case));
  table.custom({"sasl_mechanism", "PLAIN | SCRAM-SHA-256 | SCRAM-SHA-512", "PLAIN",
                "How to log in where security says sasl; any case"},
               any_case_choice(&KafkaOptions::sasl_mechanism, mechanisms, upper_case));
  table.text("username", &KafkaOptions::username, "SASL user");
  table.text("password", &KafkaOptions::password, "SASL password", false, true);
  table.custom({"properties", "map", "", "Any other librdkafka property, by its own name"}, set_properties);
  table.boolean("mirror_offsets", &KafkaOptions::mirror_offsets,
                "Commit positions to the consumer group too, for Kafka's own lag tools");
  return table;
}

}  // namespace

const OptionTable<KafkaOptions>& kafka_option_table() {
  static const OptionTable<KafkaOptions> table = make_table();
  return table;
}

KafkaOptions parse_kafka_options(const Config& config, Diagnostics& diagnostics) {
  KafkaOptions options = kafka_option_table().parse(config, diagnostics);
  if (config.find("brokers") != nullptr && options.brokers.empty()) {
    diagnostics.error(Error{ErrorKind::user, "brokers is empty", place_of(config, "brokers")}.as("W0703").with_hint(
        "host:port, with commas between"));
  }
  check_topics(options, config, diagnostics);
  check_login(options, config, diagnostics);
  return options;
}

std::string group_name(const KafkaOptions& options, const std::string& pipeline) {
  return options.group.empty() ? "weir-" + pipeline : options.group;
}

Result<KafkaProperties> consumer_properties(const KafkaOptions& options, const std::string& pipeline,
                                            std::size_t memory_bytes, std::chrono::milliseconds wait) {
  // librdkafka counts payloads only, allots about 500 bytes to each message besides, and may have one more
  // fetch on its way.
  const std::size_t payload = memory_bytes / 2;
  const std::size_t messages = std::max<std::size_t>(1000, memory_bytes / 2 / 500);
  KafkaProperties properties = {
      {"client.id", "weir"},
      {"group.id", group_name(options, pipeline)},
      {"enable.auto.commit", "false"},
      {"enable.auto.offset.store", "false"},
      {"auto.offset.reset", "error"},
      {"enable.partition.eof", "true"},
      {"isolation.level", "read_committed"},
      {"check.crcs", "true"},
      {"allow.auto.create.topics", "false"},
      {"queued.max.messages.kbytes", std::to_string(std::max<std::size_t>(1024, payload / 1024))},
      {"queued.min.messages", std::to_string(std::min<std::size_t>(messages, 10'000'000))},
      {"fetch.max.bytes", std::to_string(std::max<std::size_t>(2 << 20, memory_bytes / 4))},
      // A broker answers as soon as a record comes; the mock broker does not, it always waits that long.
      {"fetch.wait.max.ms", options.brokers == embedded_brokers ? "5" : std::to_string(wait.count())},
      {"socket.nagle.disable", "true"},
      {"reconnect.backoff.ms", "100"},
      {"reconnect.backoff.max.ms", "2000"},
      {"log.connection.close", "false"},
  };
  WEIR_ASSIGN(KafkaProperties connection, connection_properties(options));
  properties.insert(properties.end(), connection.begin(), connection.end());
  return properties;
}

}  // namespace weir
