// kafka_connection.cpp — turns the settings of a connection into librdkafka's.
#include "connectors/kafka/kafka_connection.h"

#include <algorithm>
#include <cctype>

#include "connectors/kafka/embedded_broker.h"

namespace weir {

std::string lower_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char letter) { return std::tolower(letter); });
  return text;
}

std::string upper_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char letter) { return std::toupper(letter); });
  return text;
}

bool is_secret_property(const std::string& name) {
  return name.find("password") != std::string::npos || name.find("secret") != std::string::npos ||
         name == "ssl.key.pem" || name == "sasl.oauthbearer.config";
}

Result<KafkaProperties> connection_properties(const KafkaConnection& connection) {
  KafkaProperties properties;
  std::string brokers = connection.brokers;
  if (brokers == embedded_brokers) {
    const auto bootstrap = EmbeddedBroker::running();
    if (!bootstrap) {
      return Error{ErrorKind::user, "brokers: embedded, but this process runs no embedded broker"}.with_hint(
          "only `weir demo` starts one; name the brokers as host:port");
    }
    brokers = *bootstrap;
  }
  properties.emplace_back("bootstrap.servers", brokers);
  const auto given = [&](const char* name, const std::string& value) {
    if (!value.empty()) properties.emplace_back(name, value);
  };
  const std::string security = lower_case(connection.security);
  given("security.protocol", security);
  if (security.starts_with("sasl")) {
    given("sasl.mechanisms",
          connection.sasl_mechanism.empty() ? "PLAIN" : upper_case(connection.sasl_mechanism));
  }
  given("sasl.username", connection.username);
  given("sasl.password", connection.password);
  for (const auto& [name, value] : connection.properties) properties.emplace_back(name, value);
  return properties;
}

}  // namespace weir
