// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>
#include <simdjson.h>

#include "codec/aws_chunked.h"
#include "codec/base64.h"
#include "codec/cbor.h"
#include "codec/json.h"
#include "codec/uri.h"
#include "codec/xml.h"

namespace strait::codec {
namespace {

constexpr std::string_view kGetItem =
    R"({"TableName":"orders-production","Key":{"tenant":{"S":"0b9f2c7e-4a51-4c36-9d0e-5f7a1c2b3d4e"},)"
    R"("order":{"N":"184467"}},"ProjectionExpression":"#s, total, customer",)"
    R"("ExpressionAttributeNames":{"#s":"status"},"ConsistentRead":true,)"
    R"("ReturnConsumedCapacity":"TOTAL"})";

Value get_item() { return *parse_json(kGetItem); }

std::string items(int count) {
  std::string out = "[";
  for (int i = 0; i < count; ++i) out.append(i == 0 ? "" : ",").append(kGetItem);
  return out + "]";
}

void bytes_per_second(benchmark::State& state, std::size_t bytes) {
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
}

void json_parse_get_item(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(parse_json(kGetItem));
  bytes_per_second(state, kGetItem.size());
}
BENCHMARK(json_parse_get_item);

void json_parse_64_kib(benchmark::State& state) {
  const auto text = items(230);
  for (auto _ : state) benchmark::DoNotOptimize(parse_json(text));
  bytes_per_second(state, text.size());
}
BENCHMARK(json_parse_64_kib);

void json_parse_one_string_of_1_mib(benchmark::State& state) {
  const auto text = "{\"ZipFile\":\"" + std::string(1 << 20, 'x') + "\"}";
  for (auto _ : state) benchmark::DoNotOptimize(parse_json(text));
  bytes_per_second(state, text.size());
}
BENCHMARK(json_parse_one_string_of_1_mib);

// For comparison: simdjson's tree of the same text, without copies of strings, number tokens or a
// check of the keys.
void simdjson_dom_get_item(benchmark::State& state) {
  simdjson::dom::parser parser;
  for (auto _ : state)
    benchmark::DoNotOptimize(parser.parse(kGetItem.data(), kGetItem.size(), true).error());
  bytes_per_second(state, kGetItem.size());
}
BENCHMARK(simdjson_dom_get_item);

void json_write_get_item(benchmark::State& state) {
  const auto value = get_item();
  std::string out;
  for (auto _ : state) {
    out.clear();
    write_json(out, value);
    benchmark::DoNotOptimize(out.data());
  }
  bytes_per_second(state, out.size());
}
BENCHMARK(json_write_get_item);

void cbor_parse_get_item(benchmark::State& state) {
  std::string bytes;
  (void)write_cbor(bytes, get_item());
  for (auto _ : state) benchmark::DoNotOptimize(parse_cbor(bytes));
  bytes_per_second(state, bytes.size());
}
BENCHMARK(cbor_parse_get_item);

void cbor_write_get_item(benchmark::State& state) {
  const auto value = get_item();
  std::string out;
  for (auto _ : state) {
    out.clear();
    (void)write_cbor(out, value);
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(cbor_write_get_item);

void xml_parse_delete_objects(benchmark::State& state) {
  std::string text = "<Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";
  for (int i = 0; i < 5; ++i)
    text += "<Object><Key>folder/object-" + std::to_string(i) + "</Key></Object>";
  text += "</Delete>";
  for (auto _ : state) benchmark::DoNotOptimize(parse_xml(text));
  bytes_per_second(state, text.size());
}
BENCHMARK(xml_parse_delete_objects);

void form_parse_describe_instances(benchmark::State& state) {
  constexpr std::string_view kForm =
      "Action=DescribeInstances&Filter.1.Name=tag%3AName&Filter.1.Value.1=web&MaxResults=5&Version="
      "2016-11-15";
  for (auto _ : state) benchmark::DoNotOptimize(parse_form(kForm));
  bytes_per_second(state, kForm.size());
}
BENCHMARK(form_parse_describe_instances);

void base64_decode_1_mib(benchmark::State& state) {
  const auto text = base64_encode(std::string(1 << 20, 'x'));
  for (auto _ : state) benchmark::DoNotOptimize(base64_decode(text));
  bytes_per_second(state, text.size());
}
BENCHMARK(base64_decode_1_mib);

void aws_chunked_64_kib_chunks(benchmark::State& state) {
  std::string body;
  for (int i = 0; i < 16; ++i) {
    append_chunk_start(body, 65536, std::string(64, 'a'));
    body.append(65536, 'x').append("\r\n");
  }
  for (auto _ : state) {
    AwsChunkedDecoder decoder({});
    std::string_view input = body;
    while (decoder.next(input)->kind != AwsChunkedEvent::Kind::kNeedMore) {
    }
  }
  bytes_per_second(state, body.size());
}
BENCHMARK(aws_chunked_64_kib_chunks);

}  // namespace
}  // namespace strait::codec
