// Asks the running workload its first argument: see patterns.c.
#include "question.h"

#include <err.h>

int
main(int argc, char **argv)
{
  if (argc != 2)
    errx(2, "usage: ask QUESTION");
  return question_ask("patterns", argv[1]);
}
