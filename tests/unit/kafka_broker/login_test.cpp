// login_test.cpp — SASL PLAIN and SCRAM against real brokers.
#include <gmock/gmock.h>

#include "connectors/kafka/kafka_client.h"
#include "tests/unit/kafka/read.h"
#include "tests/unit/kafka_broker/real_broker.h"

namespace weir {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

class LoginTest : public BrokerTest {
 protected:
  KafkaOptions with_login(const std::string& mechanism, const std::string& password) {
    KafkaOptions login = options();
    login.brokers = broker().sasl();
    login.security = "sasl_plaintext";
    login.sasl_mechanism = mechanism;
    login.username = "weir";
    login.password = password;
    return login;
  }
};

TEST_F(LoginTest, PlainReads) {
  create_topic(1);
  write(0, {"a"});
  const KafkaOptions login = with_login("PLAIN", "weir-secret");
  const Status checked = check_kafka(login, 10s);
  EXPECT_TRUE(checked.ok()) << checked.error().message();
  auto source = open(login);
  ASSERT_TRUE(source->add_split(topic_ + "/0", "0").ok());
  EXPECT_THAT(read(*source, 1).values, ElementsAre("a"));
}

TEST_F(LoginTest, AWrongPasswordIsNamedAndNotShown) {
  const KafkaOptions login = with_login("PLAIN", "hunter2");
  const Status checked = check_kafka(login, 3s);
  ASSERT_FALSE(checked.ok());
  EXPECT_EQ(checked.error().kind(), ErrorKind::user);
  EXPECT_EQ(checked.error().code(), kafka_login_refused);
  EXPECT_EQ(checked.error().mistake(), "W0802");
  EXPECT_THAT(checked.error().message(), HasSubstr("refuse the login of weir"));
  EXPECT_THAT(checked.error().message(), testing::Not(HasSubstr("hunter2")));
  const auto splits = open(login)->list_splits();
  ASSERT_FALSE(splits.ok());
  EXPECT_EQ(splits.error().kind(), ErrorKind::service);
  EXPECT_EQ(splits.error().code(), kafka_login_refused);
}

TEST_F(LoginTest, LoggingInToAListenerWithoutLoginIsReported) {
  KafkaOptions login = with_login("PLAIN", "weir-secret");
  login.brokers = broker().plaintext();
  const Status checked = check_kafka(login, 3s);
  ASSERT_FALSE(checked.ok());
  EXPECT_THAT(checked.error().message(), HasSubstr(broker().plaintext()));
}

TEST_F(LoginTest, ScramOnABrokerOfVersionFourExplainsItself) {
  const Status checked = check_kafka(with_login("SCRAM-SHA-256", "weir-secret"), 4s);
  if (checked.ok()) GTEST_SKIP() << "this librdkafka can do it";
  EXPECT_EQ(checked.error().code(), kafka_login_refused);
  EXPECT_THAT(checked.error().hint(), HasSubstr("2.6.1"));
}

class ScramTest : public LoginTest {
 protected:
  void SetUp() override {
    if (!RealBroker::for_scram().missing_reason().empty())
      GTEST_SKIP() << RealBroker::for_scram().missing_reason();
    ASSERT_EQ(RealBroker::for_scram().failure(), "");
    LoginTest::SetUp();
  }

  KafkaOptions with_scram(const std::string& password) {
    KafkaOptions login = with_login("SCRAM-SHA-256", password);
    login.brokers = RealBroker::for_scram().sasl();
    return login;
  }
};

TEST_F(ScramTest, ScramReads) {
  KafkaConnection connection = with_scram("weir-secret");
  auto producer = std::move(Producer::open(connection)).value();
  const auto created = producer->create_topic(topic_, 1, 20s);
  ASSERT_TRUE(created.ok()) << created.error().message();
  OutgoingMessage message;
  message.value = "a";
  ASSERT_TRUE(producer->produce(topic_, message).ok());
  ASSERT_TRUE(producer->flush(20s).ok());
  const Status checked = check_kafka(with_scram("weir-secret"), 10s);
  EXPECT_TRUE(checked.ok()) << checked.error().message();
  auto source = open(with_scram("weir-secret"));
  ASSERT_TRUE(source->add_split(topic_ + "/0", "0").ok());
  EXPECT_THAT(read(*source, 1).values, ElementsAre("a"));
}

TEST_F(ScramTest, AWrongScramPasswordIsNamed) {
  const Status checked = check_kafka(with_scram("hunter2"), 3s);
  ASSERT_FALSE(checked.ok());
  EXPECT_EQ(checked.error().kind(), ErrorKind::user);
  EXPECT_EQ(checked.error().code(), kafka_login_refused);
}

}  // namespace
}  // namespace weir
