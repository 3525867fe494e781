#include "isogloss/pipeline/shard_loop.h"

#include <atomic>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>

#include "isogloss/core/stopwatch.h"
#include "isogloss/pipeline/shard.h"

namespace isogloss {
namespace {

struct Task {
  Shard* shard = nullptr;
  std::size_t batch = 0;
};

/// Hands batches out in order, shard after shard, and writes each shard when its batches and all
/// earlier shards are done. For any number of threads at once.
class Schedule {
 public:
  Schedule(const ActivationSource& source, const Corpus& corpus,
           std::span<ExtractionTarget> targets, ShardSpan span)
      : source_(source), corpus_(corpus), targets_(targets), span_(span), next_shard_(span.first) {}

  /// The next batch to run; nullopt after the last.
  std::optional<Task> next(StageSeconds& seconds) {
    const std::lock_guard lock(mutex_);
    while (open_.empty() || n_given_ == open_.back().shard->n_batches()) {
      const Stopwatch stopwatch(seconds.tokenize);
      if (!open_next_shard()) return std::nullopt;
    }
    return Task{open_.back().shard.get(), n_given_++};
  }

  /// Takes a batch that has run.
  void finish(const Task& task, StageSeconds& seconds) {
    std::unique_lock lock(mutex_);
    n_tokens_done_ += task.shard->n_tokens(task.batch);
    for (auto& open : open_) {
      if (open.shard.get() == task.shard) ++open.n_done;
    }
    write_finished(lock, seconds);
  }

  /// Writes what is left once every batch is done.
  void finish(StageSeconds& seconds) {
    std::unique_lock lock(mutex_);
    write_finished(lock, seconds);
  }

  std::int64_t n_tokens_done() {
    const std::lock_guard lock(mutex_);
    return n_tokens_done_;
  }

 private:
  struct OpenShard {
    std::unique_ptr<Shard> shard;
    std::size_t n_done = 0;  ///< of its batches
  };

  bool open_next_shard() {
    const auto& shards = targets_.front().manifest.shards;
    while (next_shard_ <= span_.last) {
      const auto index = next_shard_++;
      std::vector<ExtractionTarget*> lacking;
      for (auto& target : targets_) {
        if (!shard_is_finished(target.folder, index)) lacking.push_back(&target);
      }
      if (lacking.empty()) {
        n_tokens_done_ += shards[static_cast<std::size_t>(index)].n_tokens;
        continue;
      }
      open_.push_back({std::make_unique<Shard>(source_, corpus_, index, std::move(lacking))});
      n_given_ = 0;
      return true;
    }
    return false;
  }

  /// One thread writes at a time, without `lock`. A thread that finds another writing leaves its
  /// shard to that one.
  void write_finished(std::unique_lock<std::mutex>& lock, StageSeconds& seconds) {
    if (is_writing_) return;
    const Stopwatch stopwatch(seconds.write);
    is_writing_ = true;
    while (!open_.empty() && open_.front().n_done == open_.front().shard->n_batches()) {
      const auto shard = std::move(open_.front().shard);
      open_.pop_front();
      lock.unlock();
      shard->write(corpus_.languages);
      lock.lock();
    }
    is_writing_ = false;
  }

  const ActivationSource& source_;
  const Corpus& corpus_;
  std::span<ExtractionTarget> targets_;
  ShardSpan span_;

  std::mutex mutex_;
  std::deque<OpenShard> open_;  ///< of the last, batches are handed out; the others run
  std::size_t n_given_ = 0;     ///< batches of the last
  std::int32_t next_shard_;
  std::int64_t n_tokens_done_ = 0;
  bool is_writing_ = false;
};

void add(const StageSeconds& worker, const ModelSeconds& model, StageSeconds& total) {
  total.tokenize += worker.tokenize;
  total.products += model.products;
  total.attention += model.attention;
  total.other += model.total - model.products - model.attention;
  total.encode += worker.encode;
  total.write += worker.write;
}

/// The first exception of any thread; the others then come to an end.
class FirstFailure {
 public:
  template <class Work>
  void guard(const Work& work) {
    try {
      work();
    } catch (...) {
      const std::lock_guard lock(mutex_);
      if (!first_) first_ = std::current_exception();
      happened_ = true;
    }
  }
  bool happened() const { return happened_; }
  void rethrow() const {
    if (first_) std::rethrow_exception(first_);
  }

 private:
  std::mutex mutex_;
  std::exception_ptr first_;
  std::atomic<bool> happened_ = false;
};

}  // namespace

void extract_shards(std::span<const std::unique_ptr<ActivationSource>> sources,
                    const Corpus& corpus, std::span<ExtractionTarget> targets, ShardSpan span,
                    const RunControl& control, StageSeconds& seconds) {
  const auto& shards = targets.front().manifest.shards;
  std::int64_t n_tokens = 0;
  for (auto i = span.first; i <= span.last; ++i) {
    n_tokens += shards[static_cast<std::size_t>(i)].n_tokens;
  }
  Schedule schedule(*sources.front(), corpus, targets, span);
  FirstFailure failure;
  std::vector<StageSeconds> of_workers(sources.size());
  const auto work = [&](std::size_t worker, const auto& after_batch) {
    while (!failure.happened() && !control.stop_requested()) {
      const auto task = schedule.next(of_workers[worker]);
      if (!task) return;
      task->shard->run(task->batch, *sources[worker], worker, of_workers[worker].encode);
      schedule.finish(*task, of_workers[worker]);
      after_batch();
    }
  };
  const auto report = [&] {
    control.report({"extract", "tokens", schedule.n_tokens_done(), n_tokens});
  };
  {
    std::vector<std::jthread> others;
    failure.guard([&] {
      for (std::size_t worker = 1; worker < sources.size(); ++worker) {
        others.emplace_back([&, worker] { failure.guard([&] { work(worker, [] {}); }); });
      }
      work(0, report);
    });
  }
  failure.rethrow();
  control.throw_if_stopped();
  schedule.finish(seconds);
  for (std::size_t worker = 0; worker < sources.size(); ++worker) {
    add(of_workers[worker], sources[worker]->seconds(), seconds);
  }
  report();
}

}  // namespace isogloss
