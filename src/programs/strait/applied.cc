// SPDX-License-Identifier: Apache-2.0
#include "programs/strait/applied.h"

#include <fmt/format.h>

#include <algorithm>

#include "codec/json.h"
#include "crypto/sha256.h"
#include "programs/strait/applied_files.h"
#include "programs/strait/policy/test_paths.h"

namespace strait::programs {
namespace {

namespace fs = std::filesystem;

std::string json_of(const Applied& applied) {
  std::string out;
  codec::JsonWriter json(out);
  json.begin_object();
  write_members(json, applied);
  json.end_object();
  return out + "\n";
}

Result<Applied> applied_from(const fs::path& file, const std::string& text) {
  const auto parsed = codec::parse_json(text);
  const auto word = [&](std::string_view key) -> std::string {
    const auto* value = parsed ? parsed->find(key) : nullptr;
    return value != nullptr && value->string() != nullptr ? *value->string() : std::string();
  };
  const auto at = parse_rfc3339(word("at"));
  Applied applied{
      .hash = word("hash"), .what = word("what"), .who = word("who"), .summary = word("summary")};
  const auto name = file.stem().string();
  const bool digits = name.find_first_not_of("0123456789") == std::string::npos;
  if (!at || !digits || name.size() != 6 || applied.hash.size() != 64) {
    return fail(ErrorCode::kInvalidConfiguration,
                file.string() + " is no note of an applied version; restore it from a backup");
  }
  applied.number = std::stoi(name);
  applied.at = *at;
  return applied;
}

// A path that stays below the folder it is relative to.
bool stays_inside(const fs::path& path) {
  const auto plain = path.lexically_normal();
  return !plain.is_absolute() && !plain.empty() && *plain.begin() != "..";
}

Status in_force_is_not(const fs::path& state_dir, const std::string& hash) {
  TRY(const auto all, history(state_dir));
  if (all.empty() || all.back().hash != hash) return {};
  return fail(ErrorCode::kConflict, all.back().str() + " is the same and in force already");
}

Result<Applied> note(const fs::path& state_dir, Applied about) {
  TRY(const auto all, history(state_dir));
  about.number = all.empty() ? 1 : all.back().number + 1;
  const auto file = history_folder(state_dir) / fmt::format("{:06}.json", about.number);
  CHECK_OK(write_once(file, json_of(about), state_dir));
  return about;
}

}  // namespace

void write_members(codec::JsonWriter& json, const Applied& applied) {
  json.member("number", applied.number)
      .member("hash", applied.hash)
      .member("what", applied.what)
      .member("who", applied.who)
      .member("summary", applied.summary)
      .member("at", rfc3339(applied.at));
}

std::string Applied::str() const {
  return fmt::format("version {} ({})", number, hash.substr(0, 12));
}

fs::path history_folder(const fs::path& state_dir) { return state_dir / "policy" / "history"; }

fs::path version_folder(const fs::path& state_dir, const std::string& hash) {
  return state_dir / "policy" / "versions" / hash;
}

Result<VersionFiles> files_of(const Config& config) {
  const auto base = config.file.parent_path();
  VersionFiles files;
  const auto add = [&](const fs::path& name, const std::string& text) -> Status {
    if (!stays_inside(name)) {
      return fail(ErrorCode::kInvalidConfiguration,
                  fmt::format("{} is outside {}; a version holds all of its files, so move it "
                              "below and name it there",
                              name.string(), base.string()));
    }
    files[name.lexically_normal().string()] = text;
    return {};
  };
  for (const auto& role : config.roles) {
    TRY(const auto text, read_text(role.file));
    CHECK_OK(add(fs::path("roles") / fs::path(role.file).filename(), text));
    CHECK_OK(add(role.trust.name, role.trust.text));
    for (const auto* list : {&role.allow, &role.ask}) {
      for (const auto& policy : *list) CHECK_OK(add(policy.name, policy.text));
    }
  }
  for (const auto& test : test_files_of(config)) {
    TRY(const auto text, read_text(test));
    CHECK_OK(add(test.lexically_relative(base), text));
  }
  return files;
}

std::string hash_of(const VersionFiles& files) {
  crypto::Sha256 hash;
  const auto absorb = [&](std::string_view part) {
    hash.update(std::to_string(part.size()) + ":");
    hash.update(part);
  };
  absorb("strait version 1");
  for (const auto& [path, text] : files) absorb(path), absorb(text);
  return crypto::hex(hash.finish());
}

Result<std::vector<Applied>> history(const fs::path& state_dir) {
  std::vector<fs::path> paths;
  std::error_code missing;
  for (const auto& entry : fs::directory_iterator(history_folder(state_dir), missing)) {
    if (entry.path().extension() == ".json") paths.push_back(entry.path());
  }
  // No folder is no history; a folder that cannot be read could hide the version in force.
  if (missing && missing != std::errc::no_such_file_or_directory) {
    return fail(ErrorCode::kIo,
                "cannot read " + history_folder(state_dir).string() + ": " + missing.message());
  }
  std::ranges::sort(paths);
  std::vector<Applied> all;
  for (const auto& path : paths) {
    TRY(const auto text, read_text(path));
    TRY(auto applied, applied_from(path, text));
    all.push_back(std::move(applied));
  }
  return all;
}

Result<Applied> publish(const fs::path& state_dir, const VersionFiles& files, Applied about) {
  about.hash = hash_of(files);
  CHECK_OK(in_force_is_not(state_dir, about.hash));
  CHECK_OK(write_folder(version_folder(state_dir, about.hash), files, state_dir));
  return note(state_dir, std::move(about));
}

Result<Applied> roll_back(const fs::path& state_dir, int number, Applied about) {
  TRY(const auto all, history(state_dir));
  const auto old = std::ranges::find(all, number, &Applied::number);
  if (old == all.end()) {
    return fail(ErrorCode::kNotFound,
                fmt::format("there is no version {}; `strait history` lists them", number));
  }
  CHECK_OK(in_force_is_not(state_dir, old->hash));
  TRY(const auto files, read_folder(version_folder(state_dir, old->hash)));
  if (hash_of(files) != old->hash) {
    return fail(ErrorCode::kConflict, "the files of " + old->str() + " are not as they were");
  }
  about.hash = old->hash;
  about.summary = old->summary;
  about.what = fmt::format("rollback to {}", number);
  return note(state_dir, std::move(about));
}

Result<Config> read_running_config(const fs::path& file) {
  TRY(auto config, read_settings(file));
  TRY(const auto all, history(config.server.state_dir));
  if (all.empty()) {
    CHECK_OK(read_roles_into(config, config.file.parent_path()));
    return config;
  }
  const auto& current = all.back();
  const auto folder = version_folder(config.server.state_dir, current.hash);
  TRY(const auto files, read_folder(folder));
  if (hash_of(files) != current.hash) {
    return fail(ErrorCode::kInvalidConfiguration,
                current.str() + " is not as it was applied: " + folder.string() +
                    " was changed; apply again, or roll back");
  }
  CHECK_OK(read_roles_into(config, folder));
  config.version = fmt::format("{}, {} by {}", current.str(), current.what, current.who);
  return config;
}

}  // namespace strait::programs
