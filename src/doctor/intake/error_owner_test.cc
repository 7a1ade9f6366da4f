#include "doctor/intake/error_owner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace locksmith::doctor::intake {
namespace {

std::string other(std::string_view text) {
  static const auto kOwners = ErrorOwners::make();
  return kOwners->other_service(text);
}

TEST(ErrorOwners, AnotherServicesErrorIsKnownByItsName) {
  EXPECT_EQ(other("FATAL: password authentication failed for user \"postgres\""), "PostgreSQL");
  EXPECT_EQ(other("401 Incorrect API key provided. You can find your API key at https://platform.openai.com/account/api-keys."), "OpenAI");
  EXPECT_EQ(other("stripe.error.AuthenticationError: Invalid API Key provided"), "Stripe");
  EXPECT_EQ(other("An error occurred (ExpiredToken) when calling the ListBuckets operation: The provided token has expired."), "AWS");
  EXPECT_EQ(other("connect ECONNREFUSED 127.0.0.1:5432"), "PostgreSQL");
  EXPECT_EQ(other("NOAUTH Authentication required."), "Redis");
}

TEST(ErrorOwners, WhatLooksLikeClaudesIsAnothersWhereOnlyItsClientSaysSo) {
  EXPECT_EQ(other("Error: error configuring S3 Backend: ExpiredToken: The provided token has expired. status code: 400"), "AWS");
  EXPECT_EQ(other("operation error S3: HeadObject, https response error StatusCode: 403"), "AWS");
  EXPECT_EQ(other("<Error><Code>AccessDenied</Code><Message>Access Denied</Message><RequestId>44</RequestId><HostId>x</HostId></Error>"), "AWS");
  EXPECT_EQ(other("groq.RateLimitError: Error code: 429"), "Groq");
  EXPECT_EQ(other("cohere.errors.UnauthorizedError: status_code: 401, body: {'message': 'invalid api token'}"), "Cohere");
  EXPECT_EQ(other("google.genai.errors.ClientError: 400 INVALID_ARGUMENT. API key not valid."), "Google Gemini");
  EXPECT_EQ(other("toomanyrequests: You have reached your pull rate limit."), "a container registry");
  EXPECT_EQ(other("ssh: connect to host 10.0.0.4 port 22: Connection timed out"), "SSH");
  EXPECT_EQ(other("ExpiredTokenException when calling the InvokeModel operation: The security token included in the request is expired"), "")
      << "Bedrock leads to Claude";
}

TEST(ErrorOwners, ServicesThatNobodyListedAreKnownByWhatWasAsked) {
  EXPECT_EQ(other("401 Client Error: Unauthorized for url: https://api.example.com/v2/users?page=1"), "api.example.com");
  EXPECT_EQ(other("POST https://hooks.example.org/in 403"), "hooks.example.org");
  EXPECT_EQ(other("401 for url: https://llm.example.com/v1/chat/completions"), "") << "a gateway may stand there";
  EXPECT_EQ(other("401 for url: http://10.0.0.7:4000/v2/users"), "");
  EXPECT_EQ(other("blocked, see https://help.example.com/blocked"), "") << "mentioned, not asked";
}

TEST(ErrorOwners, WhatNamesClaudeIsClaudesWhateverElseStandsInIt) {
  EXPECT_EQ(other("anthropic.AuthenticationError: 401 while saving to postgres"), "");
  EXPECT_EQ(other("Incorrect API key provided: sk-ant-api03-…. See https://platform.openai.com"), "");
}

TEST(ErrorOwners, WhatBearsClaudesMarksIsClaudesWhateverElseItNames) {
  const std::string id = "req_011" + std::string(21, 'C');
  for (const std::string& text :
       {std::string("PostgreSQL 15 app: Error code: 401 - {'type':'error','error':{'type':'authentication_error','message':'no'}}"),
        std::string(R"(supabase edge function: 529 {"type": "error", "error": {"details": null, "type": "overloaded_error", "message": "Overloaded"}})"),
        std::string(R"(redis cache miss, then {"type"=>"error", "error"=>{"type"=>"rate_limit_error", "message"=>"slow"}})"),
        std::string(R"(POST https://ai.internal.example.com/v1/chat 401 {"type":"error","error":{"type":"authentication_error"}})"),
        std::string("Stripe webhook handler: 400 Your credit balance is too low to access the API"),
        std::string("mysql job 7: 401 invalid x-api-key"), "pinecone ingest: 429 (request id: " + id + ")"}) {
    EXPECT_EQ(other(text), "") << text;
  }
  EXPECT_EQ(other("Stripe: No such customer (req_01abcdefABCDEF)"), "Stripe") << "its own request ids are shorter";
  EXPECT_EQ(other("openai api error, req_01" + std::string(30, 'a')), "OpenAI") << "and OpenAI's are longer";
  EXPECT_EQ(other("TypeError: error type of postgres"), "PostgreSQL") << "no envelope";
}

TEST(ErrorOwners, OnlyAWholeWordSaysThatAnAddressWasAsked) {
  EXPECT_EQ(other("401, see output https://help.example.com/blocked"), "");
  EXPECT_EQ(other("403 for target https://help.example.com/blocked"), "");
  EXPECT_EQ(other("axios.get('https://help.example.com/users') failed: 403"), "help.example.com");
}

TEST(ErrorOwners, WhatNamesNobodyMayBeClaudes) {
  for (const std::string_view text : {"401 Unauthorized", "Connection error.", "invalid x-api-key", "API Error: 403 Request not allowed",
                                      "connect ECONNREFUSED 127.0.0.1:4000", "Invalid API key · Please run /login",
                                      "UnrecognizedClientException: The security token included in the request is invalid."}) {
    EXPECT_EQ(other(text), "") << text;
  }
}

}  // namespace
}  // namespace locksmith::doctor::intake
