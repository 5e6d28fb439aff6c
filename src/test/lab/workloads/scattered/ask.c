// Asks the running workload the question that this program is named after: check or truth.
#include "question.h"

#include <string.h>

int
main(int argc, char **argv)
{
  (void) argc;
  const char *slash = strrchr(argv[0], '/');
  return question_ask("scattered", slash != NULL ? slash + 1 : argv[0]);
}
