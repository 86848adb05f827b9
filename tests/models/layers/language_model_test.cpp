// A hand-made model: what does not depend on what.
#include "models/layers/language_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "tests/models/layers/tiny_model.h"
#include "tests/support/messages.h"

namespace lockstep {
namespace {

// float32 products summed in another order
constexpr double kTolerance = 1e-5;

at::Tensor states_of(const LanguageModel& model, const PackedBatch& batch) {
  return model.hidden_states(batch, all_taps(model.spec().num_blocks()));
}

TEST(LanguageModel, TellsItsSpecParametersAndBackEnd) {
  const auto model = tiny_model().build();

  EXPECT_EQ(model->spec().family, "tiny");
  EXPECT_EQ(model->num_parameters(), 1234);
  EXPECT_NE(model->back_end().find(", "), std::string::npos) << model->back_end();
}

TEST(LanguageModel, GivesTapsByRowsByWidthInTheOrderAsked) {
  const auto model = tiny_model().build();
  const auto batch = tiny_batch({3, 8});
  const auto all = states_of(*model, batch);

  const std::vector<Tap> some = {{.kind = Tap::Kind::kFinalNorm},
                                 {.kind = Tap::Kind::kBlock, .block = 2}};
  const auto states = model->hidden_states(batch, some);

  ASSERT_EQ(all.sizes(), (std::vector<int64_t>{6, 11, 32}));
  ASSERT_EQ(states.sizes(), (std::vector<int64_t>{2, 11, 32}));
  EXPECT_TRUE(at::equal(states[0], all[5]));
  EXPECT_TRUE(at::equal(states[1], all[2]));
}

TEST(LanguageModel, DoesNotSeeLaterTokens) {
  const auto model = tiny_model().build();
  const auto batch = tiny_batch({12});
  auto changed = batch;
  changed.ids[9] = (changed.ids[9] + 1) % TinyModel::kVocabulary;

  const auto before = states_of(*model, batch), after = states_of(*model, changed);

  EXPECT_TRUE(at::equal(before.narrow(1, 0, 9), after.narrow(1, 0, 9)));
  for (int64_t row = 9; row < 12; ++row) {
    EXPECT_FALSE(at::equal(before.select(1, row)[4], after.select(1, row)[4])) << row;
  }
}

TEST(LanguageModel, SeesNoFurtherBackThanItsWindows) {
  auto tiny = tiny_model();
  tiny.spec.layers = {"local", "local"};  // each reaches 4 tokens back
  const auto model = tiny.build();
  const auto batch = tiny_batch({14});
  auto changed = batch;
  changed.ids[0] = (changed.ids[0] + 1) % TinyModel::kVocabulary;

  const auto before = states_of(*model, batch), after = states_of(*model, changed);

  EXPECT_TRUE(at::equal(before.narrow(1, 9, 5), after.narrow(1, 9, 5)));
  EXPECT_FALSE(at::equal(before.select(1, 8), after.select(1, 8)));
}

TEST(LanguageModel, GivesAWindowTheSameWhateverIsPackedBesideIt) {
  const auto model = tiny_model().build();
  const auto packed = tiny_batch({1, 12, 7, 30});
  const auto all = states_of(*model, packed);

  for (std::size_t w = 0; w < 4; ++w) {
    const int64_t begin = packed.offsets[w], end = packed.offsets[w + 1];
    PackedBatch alone = tiny_batch({end - begin});
    std::copy(packed.ids.begin() + begin, packed.ids.begin() + end, alone.ids.begin());

    EXPECT_LT(row_distance(states_of(*model, alone), all.narrow(1, begin, end - begin)), kTolerance)
        << w;
  }
}

TEST(LanguageModel, GivesWantedRowsAsAmongAll) {
  const auto model = tiny_model().build();
  const auto every = tiny_batch({9, 20, 4});
  auto some = every;
  some.rows = {0, 8, 15, 28, 29};  // none of the last window but its first
  const auto index = at::tensor(some.rows, at::kLong);

  const auto all = states_of(*model, every).index_select(1, index);
  const auto few = states_of(*model, some);

  EXPECT_LT(row_distance(few, all), kTolerance);
  EXPECT_LT(row_distance(model->logits(some), model->logits(every).index_select(0, index)),
            kTolerance);
}

TEST(LanguageModel, TheHeadOfFinalStatesGivesTheLogits) {
  const auto model = tiny_model().build();
  const auto batch = tiny_batch({9, 20, 4});
  const std::vector<Tap> final_norm = {{.kind = Tap::Kind::kFinalNorm}};

  const at::Tensor states = model->hidden_states(batch, final_norm)[0];
  const at::Tensor kept = states.clone();

  EXPECT_LT(row_distance(model->head(states), model->logits(batch)), kTolerance);
  EXPECT_TRUE(at::equal(states, kept));
  EXPECT_EQ(model->head(states.narrow(0, 0, 0)).size(0), 0);
}

TEST(LanguageModel, StopsAtTheHighestTapWithTheSameValues) {
  const auto model = tiny_model().build();
  auto batch = tiny_batch({9, 20});
  batch.rows = {3, 8, 27};
  const auto all = states_of(*model, batch);

  for (int block = 1; block <= 4; ++block) {
    const std::vector<Tap> tap = {{.kind = Tap::Kind::kBlock, .block = block}};

    EXPECT_LT(row_distance(model->hidden_states(batch, tap)[0], all[block]), kTolerance) << block;
  }
  const std::vector<Tap> embedding = {{.kind = Tap::Kind::kEmbedding}};
  EXPECT_TRUE(at::equal(model->hidden_states(batch, embedding)[0], all[0]));
}

TEST(LanguageModel, LoadedInPartGivesTheSameAndRefusesTheRest) {
  const auto tiny = tiny_model();
  const auto whole = tiny.build(), part = tiny.build(2);
  const auto batch = tiny_batch({9, 20});
  const std::vector<Tap> second = {{.kind = Tap::Kind::kBlock, .block = 2}};
  const std::vector<Tap> third = {{.kind = Tap::Kind::kBlock, .block = 3}};

  EXPECT_TRUE(at::equal(whole->hidden_states(batch, second), part->hidden_states(batch, second)));
  EXPECT_EQ(testing::message_of(Blame::kProgram, [&] { part->hidden_states(batch, third); }),
            "block 3: 2 of 4 blocks were loaded");
  EXPECT_EQ(testing::message_of(Blame::kProgram, [&] { part->logits(batch); }),
            "logits: the model was loaded without its head");
  EXPECT_EQ(testing::message_of(Blame::kProgram,
                                [&] {
                                  part->head(at::zeros({1, 1}));
                                }),
            "head: the model was loaded without it");
  EXPECT_EQ(testing::message_of(Blame::kProgram, [&] { tiny.build(5); }),
            "block 5: the model has 4 blocks");
}

TEST(LanguageModel, IsTheSameBitForBitInEveryThread) {
  const auto model = tiny_model().build();
  const auto batch = tiny_batch({30, 20, 9});
  const auto expected = states_of(*model, batch);
  const auto expected_logits = model->logits(batch);
  std::vector<at::Tensor> states(4), logits(4);

  std::vector<std::thread> threads;
  for (std::size_t k = 0; k < 4; ++k) {
    threads.emplace_back([&, k] {
      for (int repeat = 0; repeat < 3; ++repeat) {
        states[k] = states_of(*model, batch);
        logits[k] = model->logits(batch);
      }
    });
  }
  for (auto& thread : threads) thread.join();

  for (std::size_t k = 0; k < 4; ++k) {
    EXPECT_TRUE(at::equal(states[k], expected)) << k;
    EXPECT_TRUE(at::equal(logits[k], expected_logits)) << k;
  }
}

TEST(LanguageModel, ComputesTheSameOnEveryBackEnd) {
  const auto tiny = tiny_model();
  const auto batch = tiny_batch({9, 20});
  const auto expected = states_of(*tiny.build(), batch);

  for (const Gemm gemm : {Gemm::kAten, Gemm::kOneDnn}) {
    if (gemm == Gemm::kOneDnn && choose_back_end(64).gemm != Gemm::kOneDnn) continue;
    for (const Kernels* kernels : available_kernels()) {
      const BackEnd back_end{.gemm = gemm, .kernels = kernels, .batch_tokens = 16};

      const auto states = states_of(*tiny.build(back_end), batch);

      EXPECT_LT(row_distance(states, expected), kTolerance) << back_end.name();
    }
  }
}

TEST(LanguageModel, GivesNothingForNoRowsOrNoTaps) {
  const auto model = tiny_model().build();
  auto batch = tiny_batch({5});
  EXPECT_EQ(model->hidden_states(batch, {}).sizes(), (std::vector<int64_t>{0, 5, 32}));

  batch.rows.clear();

  EXPECT_EQ(states_of(*model, batch).sizes(), (std::vector<int64_t>{6, 0, 32}));
  EXPECT_EQ(model->logits(batch).sizes(), (std::vector<int64_t>{0, 60}));
}

TEST(LanguageModel, AHeadThatIsTheEmbeddingGivesTheSameLogits) {
  const auto tiny = tiny_model();
  const auto read = tiny.reader();
  const auto table = read(-1, {"embed.token"}).weight;
  const auto with_head = [&](bool is_shared) {
    return build_model(
        tiny.spec,
        [&, is_shared](int layer, const std::vector<std::string>& roles) {
          if (roles.front() != "head") return read(layer, roles);
          return RoleTensors{.weight = table, .bias = {}, .is_shared = is_shared};
        },
        choose_back_end(64),
        -1,
        0);
  };
  const auto batch = tiny_batch({9, 20});

  const auto packed = with_head(false)->logits(batch), shared = with_head(true)->logits(batch);

  EXPECT_LT(row_distance(shared, packed), kTolerance);
}

// ---- what a batch may be

TEST(LanguageModel, RefusesTokensAndWindowsItCannotTake) {
  const auto model = tiny_model().build();
  auto batch = tiny_batch({5});
  batch.ids[2] = 60;
  EXPECT_EQ(testing::message_of(Blame::kData, [&] { states_of(*model, batch); }),
            "token 60: the model's vocabulary has 60 tokens");
  batch.ids[2] = -1;
  EXPECT_EQ(testing::message_of(Blame::kData, [&] { model->logits(batch); }),
            "token -1: the model's vocabulary has 60 tokens");

  EXPECT_NO_THROW(states_of(*model, tiny_batch({64})));
  EXPECT_EQ(testing::message_of(Blame::kData,
                                [&] {
                                  states_of(*model, tiny_batch({3, 65}));
                                }),
            "a window of 65 tokens: the model has 64 positions; give it less context");
}

TEST(LanguageModel, RefusesOffsetsAndRowsThatAreNotAscending) {
  const auto model = tiny_model().build();
  const auto message = [&](auto change) {
    auto batch = tiny_batch({3, 4});
    change(batch);
    return testing::message_of(Blame::kProgram, [&] { states_of(*model, batch); });
  };

  EXPECT_EQ(message([](PackedBatch& b) {
              b.offsets = {0, 3};
            }),
            "packed batch: offsets from 0 to 3; 0 to 7 tokens are wanted");
  EXPECT_EQ(message([](PackedBatch& b) { b.offsets = {}; }),
            "packed batch: offsets from -1 to -1; 0 to 7 tokens are wanted");
  EXPECT_EQ(message([](PackedBatch& b) {
              b.offsets = {0, 3, 3, 7};
            }),
            "packed batch: window 1 has 0 tokens; 1 or more are wanted");
  EXPECT_EQ(message([](PackedBatch& b) {
              b.rows = {2, 2};
            }),
            "packed batch: row 2 after row 2 of 7 tokens; ascending rows are wanted");
  EXPECT_EQ(message([](PackedBatch& b) { b.rows = {7}; }),
            "packed batch: row 7 after row -1 of 7 tokens; ascending rows are wanted");
}

}  // namespace
}  // namespace lockstep
