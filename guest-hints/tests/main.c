#include "../src/hint_set.h"
#include "check.h"

int checks_passed, checks_failed;

int
main(int argc, char **argv)
{
  if (argc != 2)
    {
      fprintf(stderr, "usage: unit-tests VECTOR_FOLDER\n");
      return 2;
    }
  test_vectors(argv[1]);
  test_roaring();
  test_rank();
  test_windows();
  printf("%d passed, %d failed\n", checks_passed, checks_failed);
  return checks_failed > 0;
}
