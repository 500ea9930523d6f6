// SPDX-License-Identifier: Apache-2.0
#include "net/upstream.h"

#include <boost/asio/io_context.hpp>
#include <unordered_map>
#include <vector>

#include "net/client_connection.h"
#include "net/head_writer.h"
#include "net/header_lines.h"

namespace strait::net {
namespace {

// AWS closes idle connections after 5 to 60 s: ours go first where we can, so that fewer calls meet
// a closed one.
constexpr std::chrono::milliseconds kIdleMax{20'000};
constexpr std::chrono::milliseconds kLastWords{1000};

using Connection = std::unique_ptr<ClientConnection>;

std::unexpected<UpstreamFailure> failed(Error error, Delivery delivery) {
  return std::unexpected(UpstreamFailure{std::move(error), delivery});
}

std::unexpected<UpstreamFailure> misuse(const char* what) {
  return failed(error(ErrorCode::kInternal, what), Delivery::kNothingSent);
}

std::unexpected<UpstreamFailure> not_taken(IoState state, const std::string& what,
                                           Delivery delivery) {
  const auto code =
      state == IoState::kLate ? ErrorCode::kUpstreamTimeout : ErrorCode::kUpstreamUnreachable;
  return failed(error(code, "the upstream does not take the " + what), delivery);
}

}  // namespace

// The idle connections of one loop by where they lead. The last used is used first, so that spare
// ones can age out.
struct Upstream::Pool : std::enable_shared_from_this<Upstream::Pool> {
  struct Idle {
    Connection connection;
    std::uint64_t since_tick;
  };
  struct Place {
    Address address;
    std::vector<Idle> idle;
  };
  using PlacePtr = std::shared_ptr<Place>;

  Pool(async::Loop& on, UpstreamOptions with)
      : loop(on), options(std::move(with)), cleaning(on, &Pool::clean, this) {}

  // Calls tend to follow each other to one place.
  const PlacePtr& place(const Address& address) {
    if (last != nullptr && last->address == address) return last;
    auto& found =
        places[(address.tls ? "s:" : "p:") + address.host + ":" + std::to_string(address.port)];
    if (found == nullptr) {
      found = std::make_shared<Place>(address);
      if (!cleaning.armed()) cleaning.arm(kIdleMax);
    }
    return last = found;
  }

  static Connection take(Place& place) {
    while (!place.idle.empty()) {
      auto connection = std::move(place.idle.back().connection);
      const bool old = is_old(place.idle.back());
      place.idle.pop_back();
      if (!old && connection->fresh()) return connection;
    }
    return nullptr;
  }

  static void give(Place& place, Connection connection) {
    if (place.idle.size() >= limits::kUpstreamIdlePerHostMax) return;
    place.idle.push_back({std::move(connection), async::Deadlines::ticks()});
  }

  static bool is_old(const Idle& one) {
    return async::Deadlines::ticks() - one.since_tick >
           static_cast<std::uint64_t>(kIdleMax / async::Deadlines::kTick);
  }
  static void clean(void* self) {
    auto& pool = *static_cast<Pool*>(self);
    for (auto& [name, place] : pool.places) std::erase_if(place->idle, is_old);
    pool.last = nullptr;
    std::erase_if(pool.places, [](const auto& entry) {
      return entry.second->idle.empty() && entry.second.use_count() == 1;
    });
    if (!pool.places.empty()) pool.cleaning.arm(kIdleMax / 4);
  }

  async::Loop& loop;
  UpstreamOptions options;
  std::unordered_map<std::string, PlacePtr> places;
  PlacePtr last;
  async::Deadlines::Entry cleaning;
};

struct UpstreamExchange::Source {
  std::shared_ptr<Upstream::Pool> pool;
  Upstream::Pool::PlacePtr place;
  Connection connection;

  void release() {
    if (connection != nullptr && connection->reusable())
      Upstream::Pool::give(*place, std::move(connection));
    connection = nullptr;
  }
};

UpstreamExchange::UpstreamExchange(std::unique_ptr<Source> source, journey::ReplyHead head,
                                   std::optional<std::uint64_t> length)
    : source_(std::move(source)), head_(std::move(head)), length_(length) {}
UpstreamExchange::UpstreamExchange(UpstreamExchange&&) noexcept = default;
UpstreamExchange& UpstreamExchange::operator=(UpstreamExchange&& other) noexcept {
  if (source_ != nullptr) source_->release();
  source_ = std::move(other.source_);
  head_ = std::move(other.head_);
  length_ = other.length_;
  return *this;
}
UpstreamExchange::~UpstreamExchange() {
  if (source_ != nullptr) source_->release();
}

async::Task<Result<std::string_view>> UpstreamExchange::read_some() {
  return source_->connection->read_some();
}

async::Task<Result<std::string>> UpstreamExchange::read_all(std::size_t bytes_max) {
  std::string whole;
  if (length_) {
    if (*length_ > bytes_max)
      co_return fail(ErrorCode::kLimitExceeded, "the upstream's reply is too long");
    whole.reserve(*length_);
  }
  auto& connection = *source_->connection;
  while (!connection.body_done()) {
    CO_TRY(const auto data, co_await connection.read_some());
    if (data.size() > bytes_max - whole.size()) {
      co_return fail(ErrorCode::kLimitExceeded, "the upstream's reply is too long");
    }
    whole += data;
  }
  co_return whole;
}

async::Task<Result<journey::UpstreamReply>> UpstreamExchange::buffered(std::size_t bytes_max) {
  CO_TRY(auto body, co_await read_all(bytes_max));
  source_->release();
  source_ = nullptr;
  co_return Upstream::arrived(std::move(head_), std::move(body), false);
}

std::optional<journey::UpstreamReply> UpstreamExchange::buffered_now(std::size_t bytes_max) {
  const auto here = source_->connection->take_whole(bytes_max);
  if (!here) return std::nullopt;
  std::string body(*here);
  source_->release();
  source_ = nullptr;
  return Upstream::arrived(std::move(head_), std::move(body), false);
}

journey::UpstreamReply UpstreamExchange::streamed() {
  return Upstream::arrived(std::move(head_), {}, true);
}

journey::UpstreamReply Upstream::arrived(journey::ReplyHead head, std::string body, bool streamed) {
  return {Badge<Upstream>(), std::move(head), std::move(body), streamed};
}

Upstream::Upstream(async::Loop& loop, UpstreamOptions options)
    : pool_(std::make_shared<Pool>(loop, std::move(options))) {}

Upstream::~Upstream() {
  for (auto& [name, place] : pool_->places) place->idle.clear();
  pool_->cleaning.disarm();
}

std::size_t Upstream::idle_connections() const {
  std::size_t count = 0;
  for (const auto& [name, place] : pool_->places) count += place->idle.size();
  return count;
}

namespace {

// How the request's body will be delimited.
struct Shape {
  bool chunked = false;
  std::optional<std::uint64_t> length;
  bool asks_first = false;  // Expect: 100-continue, so that a refusal costs the head alone
};

// nullopt: the head declares a length that is none, or not that of the body.
std::optional<Shape> shape_of(const journey::OutgoingRequest& request, const BodySource* body) {
  const auto& headers = request.head().headers;
  const auto declared = headers.one("content-length");
  const auto length = declared ? parse_length(*declared) : std::nullopt;
  if (!length && headers.count("content-length") > 0) return std::nullopt;
  if (body != nullptr) return Shape{!length, length, length.value_or(0) >= limits::kAskFirstBytes};
  if (length && *length != request.body().size()) return std::nullopt;
  const auto& method = request.head().method;
  const bool silent = request.body().empty() && !length &&
                      (method == "GET" || method == "HEAD" || method == "DELETE");
  return Shape{false, silent ? std::nullopt : std::optional<std::uint64_t>(request.body().size())};
}

void write_head(std::string& out, const journey::OutgoingRequest& request, const Shape& shape) {
  append_request_line(out, request.head().method, request.head().target);
  append_fields(out, request.head().headers);
  if (shape.length) append_length(out, *shape.length);
  if (shape.chunked) out += "transfer-encoding: chunked\r\n";
  if (shape.asks_first) out += "expect: 100-continue\r\n";
  out += "\r\n";
}

// A body that is already here, in pieces, so that an early reply is noticed between them.
class Slices final : public BodySource {
 public:
  explicit Slices(std::string_view body) : left_(body) {}
  async::Task<Result<std::string_view>> next() override {
    const auto piece = left_.substr(0, limits::kPipeBytes);
    left_.remove_prefix(piece.size());
    co_return piece;
  }

 private:
  std::string_view left_;
};

// Sends head and body: `streamed`, or `here` when that is null. nullopt: sent whole, or answered
// early.
async::Task<std::optional<UpstreamFailure>> upload(ClientConnection& connection, const Shape& shape,
                                                   BodySource* streamed, std::string_view here) {
  Slices slices(here);
  BodySource& body = streamed != nullptr ? *streamed : slices;
  auto& channel = connection.channel();
  auto& out = connection.head_out();
  auto left = shape.length.value_or(0);
  auto state = co_await channel.write({out});
  if (state == IoState::kOk && shape.asks_first) {
    const bool go_on = co_await connection.may_continue();
    if (!go_on) co_return std::nullopt;
  }
  connection.watch_for_early_reply();
  while (state == IoState::kOk && !connection.replied_early()) {
    auto piece = co_await body.next();
    const bool ends = piece && piece->empty();
    const bool fits = !piece || shape.chunked || (ends ? left == 0 : piece->size() <= left);
    if (!piece || !fits) {
      // The end must not go out: AWS discards what it cannot take for whole.
      channel.reset();
      auto why = piece ? error(ErrorCode::kInternal, "the request body is not as long as declared")
                       : piece.error();
      co_return UpstreamFailure{std::move(why), Delivery::kCutShort};
    }
    if (connection.replied_early()) break;
    if (ends) {
      if (shape.chunked) state = co_await channel.write({kLastChunk});
      if (state == IoState::kOk) connection.request_is_whole();
      break;
    }
    if (!shape.chunked) {
      left -= piece->size();
      state = co_await channel.write({*piece});
      continue;
    }
    out.clear();
    append_chunk_size(out, piece->size());
    state = co_await channel.write({out, *piece, kChunkEnd});
  }
  connection.stop_watching();
  if (state == IoState::kOk || connection.replied_early()) co_return std::nullopt;
  // It stopped taking bytes: it may have said why.
  if (co_await connection.last_words({kLastWords, SIZE_MAX})) co_return std::nullopt;
  co_return not_taken(state, "request body", Delivery::kCutShort).error();
}

}  // namespace

// Beside forward(), so that its own frame stays small: frames over 1,020 bytes are not reused by
// Asio.
async::Task<Status> Upstream::open(UpstreamExchange::Source& source, const Address& address) {
  // Named: g++ 12 may destroy a conditional temporary twice when it crosses a co_await.
  std::shared_ptr<ClientTls> tls;
  if (address.tls) tls = source.pool->options.tls;
  CO_TRY(source.connection,
         co_await ClientConnection::open(source.pool->loop, address.host, address.port,
                                         std::move(tls), limits::kConnectDeadline));
  co_return Status();
}

// Takes a connection from the pool when there is one. Null: this request cannot be sent.
std::unique_ptr<UpstreamExchange::Source> Upstream::prepare(const Address& address) {
  auto source = std::make_unique<UpstreamExchange::Source>();
  source->pool = pool_;
  source->place = pool_->place(address);
  source->connection = Pool::take(*source->place);
  return source;
}

UpstreamExchange Upstream::arrived(std::unique_ptr<UpstreamExchange::Source> source) {
  auto frame = source->connection->take_head();
  const bool open_ended =
      frame.framing == Framing::kChunked || frame.framing == Framing::kUntilClose;
  const auto length = open_ended ? std::nullopt : std::optional<std::uint64_t>(frame.length);
  return {std::move(source), std::move(frame.head), length};
}

async::Task<std::expected<UpstreamExchange, UpstreamFailure>> Upstream::forward(
    const journey::IntendedCall&, const journey::OutgoingRequest& request, const Address& address,
    BodySource* body) {
  const auto shape = shape_of(request, body);
  if (!shape) co_return misuse("the request's content-length is not that of its body");
  if (request.head().headers.count("host") != 1)
    co_return misuse("the request must have one host header");
  if (address.tls && pool_->options.tls == nullptr)
    co_return misuse("there is no TLS for upstreams");
  auto source = prepare(address);
  if (source->connection == nullptr) {
    auto opened = co_await open(*source, address);
    if (!opened) co_return failed(std::move(opened).error(), Delivery::kNothingSent);
  }
  auto& connection = *source->connection;
  connection.begin(request.head().method);
  connection.set_stall(source->pool->options.stall_deadline);
  write_head(connection.head_out(), request, *shape);
  if (body != nullptr || request.body().size() > limits::kPipeBytes) {
    auto failure = co_await upload(connection, *shape, body, request.body());
    if (failure) co_return std::unexpected(*std::move(failure));
  } else {
    auto pieces = connection.head_with(request.body());
    auto state = IoState::kOk;
    if (!connection.channel().write_now(pieces))
      state = co_await connection.channel().write(pieces);
    if (state != IoState::kOk) co_return not_taken(state, "request", Delivery::kPossiblyDelivered);
    connection.request_is_whole();
  }
  Pace pace{source->pool->options.first_byte_deadline, SIZE_MAX};
  auto here = connection.find_head();
  while (here && !*here) here = connection.arrived(co_await connection.more(pace));
  if (!here) co_return failed(std::move(here).error(), Delivery::kPossiblyDelivered);
  co_return arrived(std::move(source));
}

}  // namespace strait::net
