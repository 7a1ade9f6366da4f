#include "cli/fit_help.h"

#include <gtest/gtest.h>

namespace locksmith::cli {
namespace {

TEST(FitHelp, ADescriptionGoesOnUnderItself) {
  const std::string option = "  --log TEXT                  ";
  EXPECT_EQ(fit_help(option + "A log of any size: its distinct failures, first and last time\n"),
            option + "A log of any size: its distinct failures, first\n" + std::string(30, ' ') + "and last time\n");
}

TEST(FitHelp, ASentenceGoesOnAtTheMargin) {
  EXPECT_EQ(fit_help(std::string(60, 'a') + " " + std::string(19, 'b') + " c"), std::string(60, 'a') + " " + std::string(19, 'b') + "\nc");
  EXPECT_EQ(fit_help(std::string(90, 'a') + " b\n\nc\n"), std::string(90, 'a') + "\nb\n\nc\n") << "what cannot be broken stays";
}

TEST(FitHelp, AnExampleIsNeverBroken) {
  const std::string example = "  locksmith emulate " + std::string(40, 'x') + " --fault " + std::string(40, 'y') + "\n";
  EXPECT_EQ(fit_help(example), example);
}

}  // namespace
}  // namespace locksmith::cli
